import 'reflect-metadata';

export { createUser, TEST_PASSWORD } from './create-user.js';
export { FastHasher } from './fast-hasher.js';
export { type MailKind, Outbox, type OutboxMail } from './outbox.js';
export { type ServedApp, serve } from './serve.js';
export { type SignedInHeaders, signIn } from './sign-in.js';
export { TestClock } from './test-clock.js';
