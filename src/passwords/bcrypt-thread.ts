// A thread of BcryptThreads: makes the hashes that it is asked for one after the other, and answers in that order.
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';
import type { BcryptJob } from './bcrypt-threads.js';

try {
  // To Linux 0 is the thread that calls (setpriority(2), "C library/kernel differences"), elsewhere it is the whole process.
  setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A sandbox that forbids it: hashes then share the processors evenly, as in libuv's pool.
}

parentPort?.on('message', ({ password, salt }: BcryptJob) => {
  parentPort?.postMessage(bcrypt.hashSync(typeof password === 'string' ? password : Buffer.from(password), salt));
});
