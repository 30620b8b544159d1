import { describePackedLibrary } from './packed-library.js';

describePackedLibrary(4);
