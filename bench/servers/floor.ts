// The floor as `app.listen()` serves it.
import { app } from './floor-app.js';
import { serve } from './serve.js';

serve(app);
