import { type Action, getFromContainer, getMetadataArgsStorage } from 'routing-controllers';
import { Container, type ContainerInstance } from 'typedi';
import { LibraryController } from '../http/index.js';
import { renewStaleServices } from './stale-services.js';

const REQUEST_CONTAINER = Symbol.for('routing-controllers-users:container');
const OWNER = Symbol.for('routing-controllers-users:owner');

/** A class that the library makes for one app, such as its error handler, and the container that it is to be had from. */
export interface OwnedClass {
  [OWNER]?: ContainerInstance;
}

/**
 * The value for `useContainer` where several apps share a process: each request is served from the container of its own app, which
 * `users.routing()` has put on it. Middlewares and interceptors that routing-controllers makes without a request come from the default container.
 */
export const containerPerApp = {
  get<T>(someClass: new (...args: never[]) => T, action?: Action): T {
    const request: { [REQUEST_CONTAINER]?: ContainerInstance } | undefined = action?.request;
    const owned: OwnedClass = someClass as OwnedClass;
    const container = request?.[REQUEST_CONTAINER] ?? owned[OWNER] ?? Container.of(undefined);
    return container.get<T>(someClass as new (...args: unknown[]) => T);
  },
};

/** The container of one app: typedi's, with what the library does to it. */
export class AppContainer {
  private readonly container: ContainerInstance;

  constructor(container: ContainerInstance | typeof Container | undefined) {
    this.container =
      container === undefined || container === Container ? Container.of(undefined) : (container as ContainerInstance);
  }

  isSameAs({ container }: AppContainer): boolean {
    return this.container === container;
  }

  get<T>(someClass: Function): T {
    return this.container.get<T>(someClass as new (...args: unknown[]) => T);
  }

  /** Whether typedi can make the class: it has `@Service()`, or was set. */
  has(someClass: Function): boolean {
    const identifier = someClass as new (...args: unknown[]) => unknown;
    return this.container.has(identifier) || Container.of(undefined).has(identifier);
  }

  /** Sets an instance by a factory: child containers, such as one for each request, see no values. */
  provide(someClass: Function, instance: () => object): void {
    this.container.set({ id: someClass as never, factory: instance });
  }

  /** Lets typedi make the class anew, with its constructor's parameters and `@Inject()` properties. */
  register(someClass: Function): void {
    this.container.set({ id: someClass as never, type: someClass as never });
  }

  /** Controllers may be there from an earlier set-up in this process, with its services: they are made anew. */
  renewControllers(): void {
    for (const { target } of getMetadataArgsStorage().controllers) {
      if (target.prototype instanceof LibraryController) this.register(target);
    }
  }

  /** The app's hook classes and controllers may be there from an earlier set-up too, with its manager. */
  renewStale(hooks: readonly Function[]): void {
    const controllers = getMetadataArgsStorage().controllers.map(({ target }) => target);
    renewStaleServices(this.container, [...hooks, ...controllers]);
  }

  /** Marks a class as one of this app's, and lets typedi make it. */
  own(someClass: Function & OwnedClass): void {
    someClass[OWNER] = this.container;
    this.register(someClass);
  }

  /** Whether routing-controllers asks {@link containerPerApp}, and so goes by the container that a request bears. */
  isChosenByRequest(): boolean {
    class Probe {}
    const probe = new Probe();
    const request = { [REQUEST_CONTAINER]: { get: () => probe } };
    try {
      return getFromContainer(Probe, { request, response: {} }) === probe;
    } catch {
      // Another container, which does not know the class.
      return false;
    }
  }

  /** Puts the container on a request, for {@link containerPerApp}. */
  tag(request: object): void {
    Reflect.set(request, REQUEST_CONTAINER, this.container);
  }

  /** Whether routing-controllers takes its classes from this container, by asking it for one. */
  isUsedByRoutingControllers(): boolean {
    class Probe {}
    this.own(Probe);
    try {
      return getFromContainer(Probe) === this.container.get(Probe);
    } catch {
      // Another container, which does not know the class.
      return false;
    } finally {
      this.container.remove(Probe);
    }
  }
}

/** Whether the library made the class for one app. */
export function isOwned(someClass: Function & OwnedClass): boolean {
  return someClass[OWNER] !== undefined;
}
