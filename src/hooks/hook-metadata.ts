/** What a hook can be bound to. Each has its decorator in `hook-decorators.ts`. */
export type HookName =
  | 'beforeRegister'
  | 'duringRegister'
  | 'afterRegister'
  | 'registerExisting'
  | 'invite'
  | 'beforeLogin'
  | 'afterLogin'
  | 'afterRequestVerify'
  | 'afterVerify'
  | 'afterForgotPassword'
  | 'afterResetPassword'
  | 'afterRequestEmailChange'
  | 'afterEmailChange'
  | 'afterUpdate'
  | 'beforeDelete'
  | 'duringDelete'
  | 'afterDelete'
  | 'validatePassword'
  | 'verifyLegacyPassword'
  | 'refreshReuse'
  | 'securityEvent';

export type HookClass = abstract new (...args: never[]) => object;

const METHODS = 'routing-controllers-users:hooks';
const SPARE = 'routing-controllers-users:spare-hooks';
const declared = new Set<HookClass>();

/** Records that a method is a hook. No option is read and no container touched: that is the set-up's part. */
export function declareHook(target: object, name: HookName, method: string | symbol): void {
  const hookClass = target.constructor as HookClass;
  declared.add(hookClass);
  const own: Map<string | symbol, Set<HookName>> = Reflect.getOwnMetadata(METHODS, hookClass) ?? new Map();
  own.set(method, (own.get(method) ?? new Set()).add(name));
  Reflect.defineMetadata(METHODS, own, hookClass);
}

/** The methods of a class that are bound to a hook, those of its base classes first. */
export function hookMethods(hookClass: Function): { name: HookName; method: string | symbol }[] {
  const base: unknown = Object.getPrototypeOf(hookClass);
  const inherited = typeof base === 'function' ? hookMethods(base) : [];
  const own: Map<string | symbol, Set<HookName>> | undefined = Reflect.getOwnMetadata(METHODS, hookClass);
  if (own === undefined) return inherited;
  const methods = [...own].flatMap(([method, names]) => [...names].map((name) => ({ name, method })));
  const isNew = (hook: { name: HookName; method: string | symbol }) =>
    !inherited.some((known) => known.name === hook.name && known.method === hook.method);
  return [...inherited, ...methods.filter(isNew)];
}

/** All classes that have a hook, so that the set-up can tell of one that it was not given; none that is there for whoever wants it. */
export function declaredHookClasses(): readonly HookClass[] {
  return [...declared].filter((hookClass) => !Reflect.hasOwnMetadata(SPARE, hookClass));
}

/** Marks a class of hooks that an app may list or leave. */
export function SpareHooks(): (hookClass: Function) => void {
  return (hookClass) => Reflect.defineMetadata(SPARE, true, hookClass);
}
