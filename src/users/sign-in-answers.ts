import type { DescribedAnswers, DescribedBackend, JsonSchema } from '../http/index.js';

/** How a sign-in by one of these backends answers, for the OpenAPI document. */
export function signInAnswers(backends: readonly DescribedBackend[]): DescribedAnswers {
  const speaking = backends.filter(({ answersBy }) => answersBy !== 'cookie');
  const isSilent = backends.some(({ answersBy }) => answersBy !== 'tokens');
  const answers: Record<number, DescribedAnswers[number]> = {};
  if (speaking.length > 0) answers[200] = { description: 'The tokens.', content: tokensSchema(speaking) };
  if (isSilent) answers[204] = { description: speaking.length > 0 ? 'A cookie, from a cookie backend.' : 'A cookie.' };
  return answers;
}

/** What these backends answer with: what one of them leaves out need not be there. */
export function tokensSchema(backends: readonly DescribedBackend[]): JsonSchema {
  if (backends.some(({ answersBy }) => answersBy === 'unknown')) return { type: 'object' };
  const refreshing = backends.filter(({ hasRefresh }) => hasRefresh);
  // Only a strategy of the app's own does not say when its tokens end, and those have no refresh.
  const always = refreshing.length === backends.length ? ['expires_in', 'refresh_token'] : [];
  return {
    title: 'Tokens',
    type: 'object',
    required: ['access_token', 'token_type', ...always],
    properties: {
      access_token: { type: 'string' },
      token_type: { type: 'string', enum: ['bearer'] },
      expires_in: { type: 'integer', description: 'Seconds until the access token ends.' },
      ...(refreshing.length > 0
        ? { refresh_token: { type: 'string', description: 'Works once; its answer holds the next.' } }
        : {}),
    },
  };
}
