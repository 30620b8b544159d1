// Preloaded (`node --import`) for tools that read TypeScript by its JavaScript API, which TypeScript 7 no longer has:
// they get 5.9, which is installed beside it, when they ask for `typescript`.
import Module, { register } from 'node:module';

const wanted = /^typescript(?=$|\/)/;
const installed = 'typescript-5.9';

// `require` takes no hooks in Node 20; this is where it asks what a name means.
/** @typedef {(request: string, ...rest: unknown[]) => string} ResolveFilename */
const loader = /** @type {{ _resolveFilename: ResolveFilename }} */ (/** @type {unknown} */ (Module));
const resolveFilename = loader._resolveFilename;
/** @type {ResolveFilename} */
const resolveAlias = (request, ...rest) => resolveFilename.call(loader, request.replace(wanted, installed), ...rest);
loader._resolveFilename = resolveAlias;

const hooks = `export const resolve = (specifier, context, next) => next(specifier.replace(${wanted}, '${installed}'), context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
