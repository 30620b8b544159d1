import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { makeApp } from './app.js';
import { openDatabase } from './database.js';
import { readSettings } from './settings.js';

/** Writes the app's OpenAPI document to a file, for whoever makes a client of it. Nothing of the app has to run: `node write-openapi.js FILE`. */
async function writeOpenApi(file: string): Promise<void> {
  const dataSource = await openDatabase('sqlite::memory:');
  const { express, users } = makeApp(readSettings({}), 'for this one document, and no token is ever signed by it', {
    dataSource,
    redis: undefined,
  });
  const server = express.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const response = await fetch(`http://127.0.0.1:${port}/openapi.json`);
    await writeFile(file, `${JSON.stringify(await response.json(), null, 2)}\n`);
  } finally {
    server.close();
    server.closeAllConnections();
    await users.close();
    await dataSource.destroy();
  }
}

const [, , file = 'openapi.json'] = process.argv;
await writeOpenApi(file);
