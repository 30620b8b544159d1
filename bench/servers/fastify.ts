// Another framework's way: fastify with @fastify/jwt, bcrypt and one findOne.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import jwt from '@fastify/jwt';
import bcrypt from 'bcrypt';
import fastify from 'fastify';
import { DataSource } from 'typeorm';
import { Account, accountsOf } from './account.entity.js';
import { ready, settings } from './serve.js';

const dataSource = await new DataSource(accountsOf(settings())).initialize();
const accounts = dataSource.getRepository(Account);
const app = fastify();
await app.register(jwt, { secret: settings().secret });

app.post<{ Body: { email: string; password: string } }>('/users/login', async ({ body: { email, password } }, reply) => {
  const account = await accounts.findOne({ where: { email }, select: { id: true, hashedPassword: true } });
  if (!(await bcrypt.compare(password, account?.hashedPassword ?? ''))) return reply.code(400).send();
  return { access_token: app.jwt.sign({ sub: account?.id }, { expiresIn: 900 }) };
});

app.get('/users/me', async (request, reply) => {
  const { sub } = await request.jwtVerify<{ sub: string }>();
  return (await accounts.findOne({ where: { id: sub } })) ?? reply.code(401).send();
});

await app.listen({ port: 0, host: '127.0.0.1' });
ready((app.server.address() as AddressInfo).port);
