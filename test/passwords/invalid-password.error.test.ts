import { expect } from 'chai';
import { UsersError } from '../../src/http/users-error.js';
import { InvalidPasswordError } from '../../src/passwords/index.js';

describe('InvalidPasswordError', () => {
  it('is a good answer wherever it escapes', () => {
    const error = new InvalidPasswordError('The password is the name of your cat.');
    expect(error).to.be.instanceOf(UsersError).and.instanceOf(Error);
    expect(error.toJSON()).to.deep.equal({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code: 'INVALID_PASSWORD',
      detail: 'The password is the name of your cat.',
      reason: 'The password is the name of your cat.',
    });
  });
});
