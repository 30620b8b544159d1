// The library as `app.listen()` serves it.
import { app } from './ours-app.js';
import { serve } from './serve.js';

serve(app);
