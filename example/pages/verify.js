import { sendToken } from './link.js';

sendToken({ route: 'users/verify', done: 'Your address is verified.' });
