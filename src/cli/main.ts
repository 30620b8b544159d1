#!/usr/bin/env node
import { Console } from 'node:console';
import 'reflect-metadata';
import { runCommandLine, Terminal } from './index.js';

// What the app and the library log is no part of the answer: `--json` has stdout for itself.
globalThis.console = new Console(process.stderr, process.stderr);
// `rcu user list | head` has read enough.
process.stdout.on('error', () => process.exit());

const exitCode = await runCommandLine(process.argv.slice(2), new Terminal());
// The app may hold connections open that nobody closes, and what was written to a pipe has to get through before the end.
process.stdout.write('', () => process.exit(exitCode));
