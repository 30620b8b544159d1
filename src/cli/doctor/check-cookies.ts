import type { Response } from 'express';
import type { AuthenticationTransport } from '../../authentication/index.js';
import { type Check, type Finding, isProduction } from './finding.js';

/** Looks at the cookie that each backend really sends, whoever wrote its transport. */
export const checkCookies: Check = (patient) =>
  patient.app.context.backends
    .filter(({ transport }) => transport.isAmbient === true)
    .flatMap(({ name, transport }) => sentCookies(transport).flatMap((cookie) => faultsOf(cookie, name, isProduction(patient))));

function faultsOf(cookie: string, backend: string, production: boolean): Finding[] {
  const name = cookie.slice(0, cookie.indexOf('='));
  const attributes = cookie.split(';').map((part) => part.trim().toLowerCase());
  const findings: Finding[] = [];
  if (!attributes.includes('secure')) {
    findings.push({
      severity: production ? 'error' : 'warning',
      check: 'cookies',
      problem: `the cookie ${name} of backend ${backend} goes over plain http too, where anybody on the way reads it`,
      advice: 'leave `secure` on in production: new CookieTransport()',
    });
  }
  if (!attributes.includes('httponly')) {
    findings.push({
      severity: 'error',
      check: 'cookies',
      problem: `scripts can read the cookie ${name} of backend ${backend}`,
      advice: 'leave `httpOnly` on: new CookieTransport()',
    });
  }
  return findings;
}

/** A logout clears the cookie by one with the same attributes. A transport of the app's that wants more of its response is left alone. */
function sentCookies(transport: AuthenticationTransport): string[] {
  const cookies: string[] = [];
  const append = (header: string, value: unknown): void => {
    if (header.toLowerCase() === 'set-cookie') cookies.push(...[value].flat().map(String));
  };
  const response = { append, setHeader: append, set: append, appendHeader: append };
  try {
    transport.sendLogout(response as unknown as Response);
  } catch {
    return [];
  }
  return cookies;
}
