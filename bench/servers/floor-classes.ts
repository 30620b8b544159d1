// The floor, served as ours is.
import { messageClasses } from 'routing-controllers-users';
import { app } from './floor-app.js';
import { serve } from './serve.js';

serve(app, messageClasses(app));
