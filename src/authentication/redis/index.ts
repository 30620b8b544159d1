import 'reflect-metadata';

export type { RedisClient } from './redis-commands.js';
export type { RedisStrategyOptions } from './redis-strategy.js';
export { RedisStrategy } from './redis-strategy.js';
