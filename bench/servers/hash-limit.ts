// The limit of a login: one bcrypt comparison or hash of cost 12 a request, and nothing else.
import bcrypt from 'bcrypt';
import { serve } from './serve.js';

const COST = 12;
const hash = bcrypt.hashSync('a password that is right', COST);

serve(async (request, response) => {
  if (request.url === '/hash') await bcrypt.hash('a password that is new', COST);
  else await bcrypt.compare('a password that is right', hash);
  response.writeHead(204).end();
});
