import type { DataSource } from 'typeorm';
import type { AuthenticationBackend } from '../authentication/index.js';
import type { AppContainer } from './app-container.js';

const SERVING_APP = Symbol.for('routing-controllers-users:serving-app');

interface Strategy {
  setUp?: unknown;
  [SERVING_APP]?: ServingApp;
}

/** One set-up, from the moment it can serve until it is closed. Its strategies have its keys and its store, and so bear it. */
export class ServingApp {
  private isOpen = false;

  constructor(
    private readonly container: AppContainer,
    private readonly dataSource: DataSource,
  ) {}

  open(): void {
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
  }

  /** Puts the app on a strategy that is set up for it. */
  tag(strategy: Strategy): void {
    if (strategy.setUp !== undefined) Reflect.set(strategy, SERVING_APP, this);
  }

  /** Whether it goes on beside a set-up in that container. In one container the last set-up serves, as in tests of an app. */
  servesBeside(container: AppContainer): boolean {
    return this.isOpen && this.dataSource.isInitialized && !this.container.isSameAs(container);
  }
}

/**
 * A strategy that is set up again forgets the app that it served: that one would let in the users of the other, and its own no more.
 * @returns the faults, each a sentence that says what to write
 */
export function checkStrategiesAreFree(
  backends: readonly AuthenticationBackend<never>[] | undefined,
  container: AppContainer,
): string[] {
  return (backends ?? []).flatMap(({ name, strategy }) => {
    const app = (strategy as Strategy | undefined)?.[SERVING_APP];
    if (app === undefined || !app.servesBeside(container)) return [];
    return [
      `backend "${name}": its strategy serves another app of this process, whose users it would let in here. Make a new strategy for each app, or close the other app first: await users.close()`,
    ];
  });
}
