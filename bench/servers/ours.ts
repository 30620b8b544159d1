// The library as docs/guides/in-production.md and the reference server serve it.
import { messageClasses } from 'routing-controllers-users';
import { app } from './ours-app.js';
import { serve } from './serve.js';

serve(app, messageClasses(app));
