import { Service } from 'typedi';
import type { User } from './user.entity.js';

@Service()
export class Notes {
  of(user: User): { of: string } {
    return { of: user.email };
  }
}
