import {
  LoginBadCredentialsError,
  LoginUserNotVerifiedError,
  MfaRequiredError,
  ReauthenticationRequiredError,
} from '../../authentication/index.js';
import {
  CsrfRejectedError,
  type DescribedAnswers,
  type DescribedApp,
  describeRoutes,
  type JsonSchema,
} from '../../http/index.js';
import { RegistrationClosedError, signInAnswers, tokensSchema } from '../../users/index.js';
import { OAuthController } from './oauth.controller.js';
import { AssociateBody, AuthorizeQuery, ExchangeBody, PostedCallback } from './oauth.dtos.js';
import {
  OAuthAccessDeniedError,
  OAuthAccountTakenError,
  OAuthBadAnswerError,
  OAuthBadReturnToError,
  OAuthInvalidStateError,
  OAuthLastSignInMethodError,
  OAuthNotAvailableEmailError,
  OAuthProviderError,
  OAuthUserAlreadyExistsError,
} from './oauth.errors.js';

const ACCOUNTS: JsonSchema = {
  type: 'array',
  items: {
    title: 'OAuthAccount',
    type: 'object',
    required: ['id', 'provider', 'accountId', 'email'],
    properties: {
      id: { type: 'string' },
      provider: { type: 'string' },
      accountId: { type: 'string', description: 'The provider’s name for the person.' },
      email: { type: ['string', 'null'] },
    },
  },
};

const WITH_ACCOUNTS: JsonSchema = {
  title: 'UserWithOAuthAccounts',
  allOf: [
    { $ref: '#/components/schemas/User' },
    { type: 'object', required: ['oauthAccounts'], properties: { oauthAccounts: ACCOUNTS } },
  ],
};

/** A sign-in by any backend, or the user who has one account more. */
function callbackAnswers({ backends }: DescribedApp): DescribedAnswers {
  const speaking = backends.filter(({ answersBy }) => answersBy !== 'cookie');
  const bodies = speaking.length > 0 ? [tokensSchema(speaking), WITH_ACCOUNTS] : [WITH_ACCOUNTS];
  return {
    ...signInAnswers(backends),
    200: {
      description: 'Tokens, from a bearer backend; the user, where an account was added.',
      content: { oneOf: bodies },
    },
    302: { description: 'To `returnTo`, where one was given: with `code`, or with `error` and the code of what went wrong.' },
  };
}

function toProvider(redirect: number): DescribedAnswers {
  return {
    200: {
      description: 'The address of the provider’s page, and a cookie for the way back.',
      content: {
        type: 'object',
        required: ['authorization_url'],
        properties: { authorization_url: { type: 'string', format: 'uri' } },
      },
    },
    [redirect]: { description: 'The same as a redirect, where the client asks for HTML.' },
  };
}

const gateErrors = () => [
  new LoginBadCredentialsError(),
  new LoginUserNotVerifiedError(),
  new MfaRequiredError('eyJ…', ['totp']),
];

/** For the OpenAPI document. Called by the set-up, so that importing does nothing. */
export function describeOAuthController(): void {
  describeRoutes(OAuthController, () => ({
    accounts: {
      operationId: 'listMyOAuthAccounts',
      summary: 'One’s own accounts at providers',
      tag: 'oauth',
      answers: {
        200: {
          description: 'The accounts, oldest first.',
          content: { type: 'object', required: ['items'], properties: { items: ACCOUNTS } },
        },
      },
    },
    unlink: {
      operationId: 'removeOAuthAccount',
      summary: 'Remove one of one’s own accounts at providers',
      tag: 'oauth',
      answers: { 204: { description: 'Done.' } },
      errors: [new OAuthLastSignInMethodError(), new ReauthenticationRequiredError()],
    },
    exchange: {
      operationId: 'exchangeOAuthCode',
      summary: 'Exchange the code in `returnTo` for tokens, once, in the browser that got it',
      tag: 'oauth',
      body: ExchangeBody,
      limited: true,
      answers: ({ backends }) => signInAnswers(backends.filter(({ answersBy }) => answersBy !== 'cookie')),
      errors: [new CsrfRejectedError(), new OAuthInvalidStateError(), ...gateErrors()],
    },
    authorize: {
      operationId: 'authorizeByOAuth',
      summary: 'Begin to sign in by a provider',
      tag: 'oauth',
      query: AuthorizeQuery,
      repeatedQuery: ['scopes'],
      limited: true,
      answers: toProvider(302),
      errors: [new OAuthBadReturnToError(), new OAuthProviderError()],
    },
    associate: {
      operationId: 'associateOAuthAccount',
      summary: 'Begin to add an account at a provider to one’s own user',
      tag: 'oauth',
      body: AssociateBody,
      query: AssociateBody,
      repeatedQuery: ['scopes'],
      form: true,
      limited: true,
      answers: toProvider(303),
      errors: [
        new CsrfRejectedError(),
        new OAuthBadReturnToError(),
        new OAuthProviderError(),
        new ReauthenticationRequiredError(),
      ],
    },
    callback: {
      operationId: 'finishOAuth',
      summary: 'Where the provider sends the browser back to',
      tag: 'oauth',
      limited: true,
      answers: callbackAnswers,
      errors: [
        new OAuthInvalidStateError(),
        new OAuthAccessDeniedError(),
        new OAuthNotAvailableEmailError(),
        new OAuthUserAlreadyExistsError(),
        new OAuthAccountTakenError(),
        new OAuthBadAnswerError(),
        new RegistrationClosedError(),
        ...gateErrors(),
        new OAuthProviderError(),
      ],
    },
    postedCallback: {
      operationId: 'postOAuthCallback',
      summary: 'Where a provider that posts sends the browser back to',
      tag: 'oauth',
      body: PostedCallback,
      form: true,
      limited: true,
      answers: { 303: { description: 'To the same address as a GET.' } },
    },
  }));
}
