// better-auth on its own tables, with its defaults but for the rate limit, in an app on Express 5 like those it is compared with.
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import Database from 'better-sqlite3';
import express from 'express';
import { serve, settings } from './serve.js';

const { database, secret } = settings();
if (database.type !== 'better-sqlite3') throw new Error('better-auth is measured on SQLite.');
const connection = new Database(`${database.database}-better-auth`);
connection.pragma('journal_mode = WAL');
const options = {
  database: connection,
  secret,
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
serve(express().all('/api/auth/*splat', toNodeHandler(betterAuth(options))));
