import {
  LoginBadCredentialsError,
  LoginUserNotVerifiedError,
  MfaRequiredError,
  ReauthenticationRequiredError,
  RefreshBadTokenError,
} from '../authentication/index.js';
import {
  type DescribedAnswers,
  type DescribedApp,
  describeRoutes,
  type JsonSchema,
  type RouteDescription,
  type RouteDescriptions,
} from '../http/index.js';
import type { AuthControllerClass } from './auth.controller.js';
import { signInAnswers, tokensSchema } from './sign-in-answers.js';
import {
  DeleteBody,
  EmailBody,
  LoginBody,
  LoginForm,
  ReauthenticateBody,
  RefreshBody,
  ResetPasswordBody,
  TokenBody,
  UserListQuery,
} from './user.dtos.js';
import {
  DeleteUserBadCurrentPasswordError,
  LastSuperuserError,
  ReauthenticateBadPasswordError,
  RegisterInvalidPasswordError,
  RegisterUserAlreadyExistsError,
  RegistrationClosedError,
  ResetPasswordBadTokenError,
  ResetPasswordInvalidPasswordError,
  UpdateUserBadCurrentPasswordError,
  UpdateUserEmailAlreadyExistsError,
  UpdateUserInvalidPasswordError,
  VerifyUserAlreadyVerifiedError,
  VerifyUserBadTokenError,
} from './user.errors.js';
import { UsersController } from './users.controller.js';

const TOO_SHORT = 'The password is too short. Use at least 8 characters.';

const SESSION: JsonSchema = {
  title: 'Session',
  type: 'object',
  required: ['id', 'backend', 'createdAt', 'lastSeenAt', 'expiresAt', 'ip', 'userAgent', 'current'],
  properties: {
    id: { type: 'string' },
    backend: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
    lastSeenAt: { type: 'string', format: 'date-time' },
    expiresAt: { type: 'string', format: 'date-time' },
    ip: { type: ['string', 'null'] },
    userAgent: { type: ['string', 'null'] },
    current: { type: 'boolean' },
  },
};

const DONE = { description: 'Done.' };
const A_USER = { description: 'The user.', content: 'User' } as const;

/** The errors of a login, whichever controller it is in. */
const loginErrors = () => [
  new LoginBadCredentialsError(),
  new LoginUserNotVerifiedError(),
  new MfaRequiredError('eyJ…', ['totp']),
];

const changeErrors = () => [
  new UpdateUserEmailAlreadyExistsError(),
  new UpdateUserInvalidPasswordError(TOO_SHORT),
  new UpdateUserBadCurrentPasswordError(),
  new ReauthenticationRequiredError(),
];

function login(operationId: string, answers: RouteDescription['answers']): RouteDescription {
  return {
    operationId,
    summary: 'Sign in',
    tag: 'auth',
    body: LoginBody,
    form: LoginForm,
    limited: true,
    answers,
    errors: loginErrors(),
  };
}

function logout(operationId: string): RouteDescription {
  return { operationId, summary: 'Sign out: the session ends, with every token of it', tag: 'auth', answers: { 204: DONE } };
}

/** Describes the routes of the controller, and of those that extend it. */
export function describeUsersController(): void {
  describeRoutes(
    UsersController,
    (): RouteDescriptions => ({
      register: {
        operationId: 'register',
        summary: 'Make an account',
        tag: 'auth',
        body: 'UserCreate',
        limited: true,
        answers: ({ preventEnumeration }): DescribedAnswers =>
          preventEnumeration ? { 202: { description: 'Accepted, whether the address was new or not.' } } : { 201: A_USER },
        errors: [
          new RegisterUserAlreadyExistsError(),
          new RegisterInvalidPasswordError(TOO_SHORT),
          new RegistrationClosedError(),
        ],
      },
      login: login('login', ({ backends }) => signInAnswers(backends.slice(0, 1))),
      logout: logout('logout'),
      refresh: {
        operationId: 'refresh',
        summary: 'Exchange a refresh token for new tokens',
        tag: 'auth',
        body: RefreshBody,
        limited: true,
        answers: ({ backends }) => {
          const refreshing = backends.filter(({ hasRefresh }) => hasRefresh);
          return { 200: { description: 'The next tokens.', content: tokensSchema(refreshing) } };
        },
        errors: [new RefreshBadTokenError()],
        refusesUnverified: true,
      },
      forgotPassword: {
        operationId: 'forgotPassword',
        summary: 'Ask for a mail to set a new password',
        tag: 'auth',
        body: EmailBody,
        limited: true,
        answers: { 202: { description: 'Accepted, whether there is such an account or not.' } },
      },
      resetPassword: {
        operationId: 'resetPassword',
        summary: 'Set a new password by a mailed token; every session ends',
        tag: 'auth',
        body: ResetPasswordBody,
        limited: true,
        answers: { 204: DONE },
        errors: [new ResetPasswordBadTokenError(), new ResetPasswordInvalidPasswordError(TOO_SHORT)],
      },
      requestVerifyToken: {
        operationId: 'requestVerifyToken',
        summary: 'Ask for a mail to verify the address',
        tag: 'auth',
        body: EmailBody,
        limited: true,
        answers: { 202: { description: 'Accepted, whether there is such an account or not.' } },
      },
      verify: {
        operationId: 'verify',
        summary: 'Verify an address, or confirm a new one, by a mailed token',
        tag: 'auth',
        body: TokenBody,
        limited: true,
        answers: { 200: A_USER },
        errors: [new VerifyUserBadTokenError(), new VerifyUserAlreadyVerifiedError(), new UpdateUserEmailAlreadyExistsError()],
      },
      me: { operationId: 'getMe', summary: 'The signed-in user', tag: 'users', answers: { 200: A_USER } },
      updateMe: {
        operationId: 'updateMe',
        summary: 'Change one’s own account',
        tag: 'users',
        body: 'UserUpdate',
        limited: true,
        answers: { 200: A_USER },
        errors: changeErrors(),
      },
      deleteMe: {
        operationId: 'deleteMe',
        summary: 'Delete one’s own account',
        tag: 'users',
        body: DeleteBody,
        limited: true,
        answers: { 204: DONE },
        errors: [new DeleteUserBadCurrentPasswordError(), new LastSuperuserError(), new ReauthenticationRequiredError()],
      },
      reauthenticate: {
        operationId: 'reauthenticate',
        summary: 'Show the password again: the session is fresh for 5 minutes',
        tag: 'users',
        body: ReauthenticateBody,
        limited: true,
        answers: { 204: DONE },
        errors: [new ReauthenticateBadPasswordError()],
      },
      listMySessions: {
        operationId: 'listMySessions',
        summary: 'One’s own sessions',
        tag: 'users',
        answers: {
          200: {
            description: 'The sessions, newest first.',
            content: { type: 'object', required: ['items'], properties: { items: { type: 'array', items: SESSION } } },
          },
        },
      },
      endMySession: {
        operationId: 'endMySession',
        summary: 'End one of one’s own sessions',
        tag: 'users',
        answers: { 204: DONE },
      },
      endMyOtherSessions: {
        operationId: 'endMyOtherSessions',
        summary: 'End all of one’s own sessions but this one',
        tag: 'users',
        answers: { 204: DONE },
      },
      list: {
        operationId: 'listUsers',
        summary: 'A page of users, newest first',
        tag: 'users',
        query: UserListQuery,
        answers: {
          200: {
            description: 'A page of users.',
            content: {
              type: 'object',
              required: ['items', 'nextCursor'],
              properties: {
                items: { type: 'array', items: { $ref: '#/components/schemas/User' } },
                nextCursor: { type: ['string', 'null'] },
              },
            },
          },
        },
      },
      create: {
        operationId: 'createUser',
        summary: 'Make a user; without a password he is invited to choose one',
        tag: 'users',
        body: 'SuperuserUserCreate',
        answers: { 201: A_USER },
        errors: [
          new RegisterUserAlreadyExistsError(),
          new RegisterInvalidPasswordError(TOO_SHORT),
          new RegistrationClosedError(),
        ],
      },
      getById: { operationId: 'getUser', summary: 'A user', tag: 'users', ofUser: true, answers: { 200: A_USER } },
      updateById: {
        operationId: 'updateUser',
        summary: 'Change a user',
        tag: 'users',
        body: 'SuperuserUserUpdate',
        limited: true,
        ofUser: true,
        answers: { 200: A_USER },
        errors: [...changeErrors(), new LastSuperuserError()],
      },
      deleteById: {
        operationId: 'deleteUser',
        summary: 'Delete a user; on one’s own id as one’s own account',
        tag: 'users',
        body: DeleteBody,
        limited: true,
        ofUser: true,
        answers: { 204: DONE },
        errors: [new LastSuperuserError(), new DeleteUserBadCurrentPasswordError(), new ReauthenticationRequiredError()],
      },
      endSessionsOf: {
        operationId: 'endSessionsOfUser',
        summary: 'End all sessions of a user',
        tag: 'users',
        ofUser: true,
        answers: { 204: DONE },
      },
    }),
  );
}

/** Describes the two routes of one backend's own controller. */
export function describeAuthController(controller: AuthControllerClass): void {
  const { name } = controller.backend;
  const answers = ({ backends }: DescribedApp) => signInAnswers(backends.filter((backend) => backend.name === name));
  describeRoutes(controller, () => ({ login: login(`${name}Login`, answers), logout: logout(`${name}Logout`) }));
}
