// Starts the servers that the tests want, prints how to find them, and stops them on Ctrl-C:
//   npm run -s servers > /tmp/servers.env &    . /tmp/servers.env && npx mocha
import { PrivateServers } from './servers/private-servers.mjs';

const servers = new PrivateServers();
const ended = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
});
// Signals alone would not keep the process alive.
const alive = setInterval(() => {}, 60_000);
try {
  await servers.start();
  for (const { name, why } of servers.missing) console.error(`${name}: ${why}`);
  for (const [name, value] of Object.entries(servers.environment)) console.log(`export ${name}='${value}'`);
  await ended;
} finally {
  clearInterval(alive);
  await servers.stop();
}
