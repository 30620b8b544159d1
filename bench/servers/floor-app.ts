// The floor: routing-controllers on Express 5, one findOne by key, and no authentication at all.
import 'reflect-metadata';
import express from 'express';
import { Get, JsonController, Param, useContainer, useExpressServer } from 'routing-controllers';
import { Container, Service } from 'typedi';
import { DataSource, type Repository } from 'typeorm';
import { Account, accountsOf } from './account.entity.js';
import { settings } from './serve.js';

@Service()
@JsonController('/users')
class AccountsController {
  private readonly accounts: Repository<Account>;

  constructor(dataSource: DataSource) {
    this.accounts = dataSource.getRepository(Account);
  }

  @Get('/:id')
  getById(@Param('id') id: string) {
    return this.accounts.findOne({ where: { id } });
  }
}

const dataSource = await new DataSource(accountsOf(settings())).initialize();
Container.set(DataSource, dataSource);
useContainer(Container);

export const app = useExpressServer(express(), { controllers: [AccountsController] });
