import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router, static as staticFiles } from 'express';
import type { RoutingControllersOptions } from 'routing-controllers';
import type { Users } from 'routing-controllers-users';
import { openApiDocument } from 'routing-controllers-users/openapi';
import type { User } from './user.entity.js';

const PAGE = fileURLToPath(new URL('pages/docs.html', import.meta.url));
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The page comes from this server alone, and asks it alone. Swagger UI draws its icons from data URLs. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json`, and `/docs` to try it out. */
export function openApi(users: Users<User>, routing: RoutingControllersOptions): Router {
  const document = openApiDocument(users, routing, { info: { title: 'Example', version: '1.0.0' } });
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.use('/docs', (_request, response, next) => {
    response.set({ 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  router.get('/docs', (_request, response) => response.sendFile(PAGE));
  router.use('/docs/assets', staticFiles(SWAGGER_UI, { index: false, redirect: false }));
  return router;
}
