import { getMetadataArgsStorage } from 'routing-controllers';
import { CompleteController, isCompleteController, LibraryController } from '../http/index.js';

/**
 * Gives every class that extends a controller of the library the guards, parameters, statuses, middlewares and interceptors of the
 * methods that it has from it. routing-controllers (0.11) carries over the routes alone, which would be open doors.
 */
export function completeControllers(): void {
  for (const { target } of getMetadataArgsStorage().controllers) {
    if (target.prototype instanceof LibraryController) complete(target);
  }
}

function complete(controller: Function): void {
  if (isCompleteController(controller)) return;
  const base: Function = Object.getPrototypeOf(controller);
  if (base !== LibraryController) complete(base);
  copyParameters(base, controller);
  copyResponseHandlers(base, controller);
  copyUses(base, controller);
  CompleteController()(controller);
}

/** A method that declares any parameter anew declares them all. */
function copyParameters(base: Function, heir: Function): void {
  const { params } = getMetadataArgsStorage();
  const declared = new Set(params.filter(({ object }) => object.constructor === heir).map(({ method }) => method));
  const inherited = params.filter(({ object, method }) => object.constructor === base && !declared.has(method));
  params.push(...inherited.map((param) => ({ ...param, object: heir.prototype })));
}

/** Status, guard and the like: each kind for itself, so that a new status does not lose the guard. */
function copyResponseHandlers(base: Function, heir: Function): void {
  const { responseHandlers } = getMetadataArgsStorage();
  const declared = responseHandlers.filter(({ target }) => target === heir);
  const inherited = responseHandlers.filter(
    ({ target, method, type }) => target === base && !declared.some((own) => own.method === method && own.type === type),
  );
  responseHandlers.push(...inherited.map((handler) => ({ ...handler, target: heir })));
}

/** Those of the base come first, as they would if the decorators were written out. */
function copyUses(base: Function, heir: Function): void {
  const { uses, useInterceptors } = getMetadataArgsStorage();
  uses.unshift(...uses.filter(({ target }) => target === base).map((use) => ({ ...use, target: heir })));
  useInterceptors.unshift(...useInterceptors.filter(({ target }) => target === base).map((use) => ({ ...use, target: heir })));
}
