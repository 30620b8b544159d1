// The limit without a framework: node:http, and nothing but what has to be done.
import { serve, settings } from './serve.js';
import { createSessionReader } from './session-reader.js';

const userOf = createSessionReader(settings());

serve((request, response) => {
  const user = userOf(request.headers.authorization);
  const body = Buffer.from(JSON.stringify(user ?? { status: 401 }));
  response.writeHead(user === undefined ? 401 : 200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
});
