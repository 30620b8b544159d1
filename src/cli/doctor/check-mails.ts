import type { HookName } from '../../hooks/index.js';
import type { Check, Finding } from './finding.js';

/** A route that promises a mail, and answers the same where no hook sends it. */
export const checkMails: Check = ({ app: { context } }) => {
  const { settings, hooks, isRouteOn } = context;
  const findings: Finding[] = [];
  const need = (hook: HookName, decorator: string, severity: Finding['severity'], consequence: string): void => {
    if (hooks.has(hook)) return;
    findings.push({
      severity,
      check: 'mail-hooks',
      problem: `no hook has ${decorator}: ${consequence}`,
      advice: `write a method with ${decorator}() that mails the link, in a class that is listed in \`hooks\``,
    });
  };
  if (isRouteOn('forgotPassword')) {
    need('afterForgotPassword', '@OnAfterForgotPassword', 'error', 'who forgets his password waits for a link that never comes');
  }
  if (isRouteOn('requestVerifyToken')) {
    const severity = settings.requiresVerification ? 'error' : 'warning';
    need('afterRequestVerify', '@OnAfterRequestVerify', severity, 'nobody can verify his address');
  }
  if (isRouteOn('updateMe') && settings.emailChange === 'confirmed') {
    need('afterRequestEmailChange', '@OnAfterRequestEmailChange', 'error', 'a new address is never confirmed, and never taken');
  }
  if (isRouteOn('create') || settings.registration === 'invite') {
    const severity = settings.registration === 'invite' ? 'error' : 'warning';
    need('invite', '@OnInvite', severity, 'who is invited does not learn of it');
  }
  if (settings.preventEnumeration) {
    need('registerExisting', '@OnRegisterExisting', 'warning', 'who registers an address that he has already is told nothing');
  }
  return findings;
};
