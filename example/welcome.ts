import type { Settings } from './settings.js';

/** What whoever starts the app reads first: where it is, and what to try. */
export function welcome({ baseUrl, smtpUrl }: Settings): string {
  const mails = smtpUrl === undefined ? 'the link of its mail is shown here' : 'its mail holds a link';
  return `
Listening on ${baseUrl}

Register; ${mails}. Open it, or leave it for later:

  curl ${baseUrl}/users/register -H 'Content-Type: application/json' \\
    -d '{ "email": "ada@example.com", "password": "analytical engine", "firstName": "Ada" }'

Sign in, and look at yourself with the access_token of the answer:

  curl ${baseUrl}/users/login -d username=ada@example.com -d 'password=analytical engine'
  curl ${baseUrl}/users/me -H 'Authorization: Bearer TOKEN'

Write a note, and forget your password:

  curl ${baseUrl}/notes -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d '{ "text": "Hello" }'
  curl ${baseUrl}/users/forgot-password -H 'Content-Type: application/json' -d '{ "email": "ada@example.com" }'
`;
}
