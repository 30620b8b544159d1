import {
  LoginBadCredentialsError,
  LoginUserNotVerifiedError,
  MfaRequiredError,
  ReauthenticationRequiredError,
} from '../../authentication/index.js';
import { describeRoutes, type JsonSchema, type RouteDescription } from '../../http/index.js';
import { RegistrationClosedError } from '../../users/index.js';
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

const TOKENS: JsonSchema = {
  type: 'object',
  required: ['access_token', 'token_type'],
  properties: {
    access_token: { type: 'string' },
    token_type: { type: 'string', enum: ['bearer'] },
    expires_in: { type: 'integer' },
    refresh_token: { type: 'string' },
  },
};

const ACCOUNTS: JsonSchema = {
  type: 'array',
  items: {
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

const SIGNED_IN: RouteDescription['answers'] = {
  200: { description: 'Tokens, from a bearer backend.', content: TOKENS },
  204: { description: 'A cookie, from a cookie backend.' },
};

function toProvider(redirect: number): RouteDescription['answers'] {
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
      answers: SIGNED_IN,
      errors: [new OAuthInvalidStateError(), ...gateErrors()],
    },
    authorize: {
      operationId: 'authorizeByOAuth',
      summary: 'Begin to sign in by a provider',
      tag: 'oauth',
      query: AuthorizeQuery,
      limited: true,
      answers: toProvider(302),
      errors: [new OAuthBadReturnToError(), new OAuthProviderError()],
    },
    associate: {
      operationId: 'associateOAuthAccount',
      summary: 'Begin to add an account at a provider to one’s own user',
      tag: 'oauth',
      body: AssociateBody,
      form: true,
      limited: true,
      answers: toProvider(303),
      errors: [new OAuthBadReturnToError(), new OAuthProviderError(), new ReauthenticationRequiredError()],
    },
    callback: {
      operationId: 'finishOAuth',
      summary: 'Where the provider sends the browser back to',
      tag: 'oauth',
      limited: true,
      answers: {
        ...SIGNED_IN,
        200: {
          description: 'Tokens, from a bearer backend; the user, where an account was added.',
          content: {
            oneOf: [
              TOKENS,
              {
                allOf: [
                  { $ref: '#/components/schemas/User' },
                  { type: 'object', required: ['oauthAccounts'], properties: { oauthAccounts: ACCOUNTS } },
                ],
              },
            ],
          },
        },
        302: { description: 'To `returnTo`, where one was given: with `code`, or with `error` and the code of what went wrong.' },
      },
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
