// The process that makes the load, apart from the one that measures and from the servers.
import { Connections } from './connection.js';
import type { LoadAnswer, LoadCommand } from './load-messages.js';
import { LoadRun } from './load-run.js';

const connections = new Connections();
const requests = new Map<number, readonly string[]>();
const runs = new Map<number, LoadRun>();

process.on('message', async (command: LoadCommand) => {
  if (command.kind === 'requests') {
    requests.set(command.requestsId, command.requests);
    return;
  }
  if (command.kind === 'stop') {
    runs.get(command.id)?.stop();
    return;
  }
  const run = new LoadRun({ ...command.plan, requests: requests.get(command.requestsId) ?? [] }, connections);
  runs.set(command.id, run);
  const answer: LoadAnswer = { id: command.id, result: await run.run() };
  runs.delete(command.id);
  // Who started it may be gone meanwhile.
  if (process.connected) process.send?.(answer);
});
process.on('disconnect', () => process.exit());
