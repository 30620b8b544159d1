import { Container, type ContainerInstance } from 'typedi';
import { UserManager } from '../users/index.js';

/** What typedi (0.10) keeps of a class, as far as it is asked for here; it has no public way to tell what was made from what was set. */
interface KeptService {
  id: unknown;
  factory?: unknown;
  global?: boolean;
  value?: unknown;
}

/**
 * Has typedi make those classes anew that an earlier set-up in the container gave its manager, which is closed by now, and the services
 * between them and the manager. What the app has set itself, by a value of another class or by a factory, stays.
 */
export function renewStaleServices(container: ContainerInstance, classes: readonly Function[]): void {
  const seen = new Map<Function, boolean>();
  for (const someClass of classes) renew(container, someClass, seen);
}

/** @returns whether the class has the manager, by itself or by a service */
function renew(container: ContainerInstance, someClass: Function, seen: Map<Function, boolean>): boolean {
  if (someClass === UserManager || someClass.prototype instanceof UserManager) return true;
  const known = seen.get(someClass);
  if (known !== undefined) return known;
  seen.set(someClass, false);
  // Every one of them is looked at, since each may have to be made anew.
  const hasManager = injectedClasses(someClass).filter((injected) => renew(container, injected, seen)).length > 0;
  seen.set(someClass, hasManager);
  if (hasManager && isMadeByTypedi(container, someClass)) {
    container.set({ id: someClass as never, type: someClass as never });
  }
  return hasManager;
}

/** By the constructor's parameters, and by `@Inject()` on properties. */
function injectedClasses(someClass: Function): Function[] {
  const parameters: unknown = Reflect.getMetadata('design:paramtypes', someClass);
  const properties: unknown[] = Container.handlers
    .filter(({ object, propertyName }) => propertyName !== undefined && isOf(someClass, object.constructor))
    .map(({ object, propertyName }) => Reflect.getMetadata('design:type', object, propertyName ?? ''));
  return [...(Array.isArray(parameters) ? parameters : []), ...properties].filter((one) => typeof one === 'function');
}

function isOf(someClass: Function, base: Function): boolean {
  return someClass === base || someClass.prototype instanceof base;
}

function isMadeByTypedi(container: ContainerInstance, someClass: Function): boolean {
  const services: unknown = Reflect.get(container, 'services');
  if (!Array.isArray(services)) return false;
  const kept: KeptService | undefined = services.find(({ id }: KeptService) => id === someClass);
  if (kept === undefined || kept.factory !== undefined || kept.global === true) return false;
  return typeof kept.value === 'object' && kept.value !== null && kept.value.constructor === someClass;
}
