// What people write by hand today: passport-jwt, jsonwebtoken, bcrypt and one findOne.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import express, { type Request } from 'express';
import jsonwebtoken from 'jsonwebtoken';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import {
  BadRequestError,
  Body,
  Get,
  HttpCode,
  JsonController,
  Post,
  Req,
  UseBefore,
  useContainer,
  useExpressServer,
} from 'routing-controllers';
import { Container, Service } from 'typedi';
import { DataSource, type Repository } from 'typeorm';
import { Account, accountsOf } from './account.entity.js';
import { serve, settings } from './serve.js';

const COST = 12;
const { secret } = settings();

class Credentials {
  email!: string;
  password!: string;
}

@Service()
@JsonController('/users')
class AccountsController {
  private readonly accounts: Repository<Account>;

  constructor(dataSource: DataSource) {
    this.accounts = dataSource.getRepository(Account);
  }

  @Post('/register')
  @HttpCode(201)
  async register(@Body() { email, password }: Credentials) {
    const account = this.accounts.create({
      id: randomUUID(),
      email: email.toLowerCase(),
      hashedPassword: await bcrypt.hash(password, COST),
      securityStamp: randomUUID(),
      hasPassword: true,
      isActive: true,
      isSuperuser: false,
      isVerified: false,
      createdAt: new Date(),
    });
    await this.accounts.insert(account);
    return { id: account.id, email: account.email };
  }

  @Post('/login')
  async login(@Body() { email, password }: Credentials) {
    const account = await this.accounts.findOne({ where: { email }, select: { id: true, hashedPassword: true } });
    if (!(await bcrypt.compare(password, account?.hashedPassword ?? ''))) throw new BadRequestError();
    return { access_token: jsonwebtoken.sign({ sub: account?.id }, secret, { expiresIn: 900 }) };
  }

  @Get('/me')
  @UseBefore(passport.authenticate('jwt', { session: false }))
  me(@Req() { user }: Request) {
    return user;
  }
}

const dataSource = await new DataSource(accountsOf(settings())).initialize();
const accounts = dataSource.getRepository(Account);
const strategy = new Strategy(
  { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: secret },
  async ({ sub }: { sub: string }, done) => {
    try {
      done(null, (await accounts.findOne({ where: { id: sub } })) ?? false);
    } catch (error) {
      done(error, false);
    }
  },
);
passport.use(strategy);
Container.set(DataSource, dataSource);
useContainer(Container);
serve(useExpressServer(express(), { controllers: [AccountsController] }));
