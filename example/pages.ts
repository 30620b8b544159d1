import { fileURLToPath } from 'node:url';
import { Router, static as staticFiles } from 'express';

const FOLDER = fileURLToPath(new URL('pages', import.meta.url));

/** What a mail's link opens holds a token: no other site may learn of it, frame the page or run a script in it. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The pages that the links of mails open. */
export function pages(): Router {
  const router = Router();
  router.use(['/verify', '/reset-password', '/pages'], (_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  for (const page of ['verify', 'reset-password']) {
    router.get(`/${page}`, (_request, response) => response.sendFile(`${page}.html`, { root: FOLDER }));
  }
  router.use('/pages', staticFiles(FOLDER, { index: false, redirect: false }));
  return router;
}
