import { sendToken } from './link.js';

const password = document.querySelector('#password');

sendToken({
  route: 'users/reset-password',
  done: 'Your new password is set. Sign in with it.',
  fields: () => ({ password: password.value }),
});
