export { runCommandLine } from './program.js';
export { Terminal } from './terminal.js';
