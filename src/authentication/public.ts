const PUBLIC = 'routing-controllers-users:public';

/**
 * Marks an action, or all actions that a controller declares itself, as open to everybody on purpose. It changes nothing at run time:
 * `npx rcu routes --strict` tells what somebody forgot to guard from what is meant to be open.
 */
export function Public(): ClassDecorator & MethodDecorator {
  return (target: object, method?: string | symbol) => {
    if (method === undefined) Reflect.defineMetadata(PUBLIC, true, target);
    else Reflect.defineMetadata(PUBLIC, true, target, method);
  };
}

/** Whether an action bears the mark, by itself or by its class. A class that extends a marked one marks its own actions itself. */
export function isPublic(controller: Function, method: string): boolean {
  return Reflect.getMetadata(PUBLIC, controller.prototype, method) === true || Reflect.hasOwnMetadata(PUBLIC, controller);
}
