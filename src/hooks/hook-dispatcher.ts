import type { Request } from 'express';
import { BackgroundWork } from '../runtime/background-work.js';
import { describeError } from '../runtime/describe-error.js';
import type { Logger } from '../runtime/logger.js';
import { type HookName, hookMethods } from './hook-metadata.js';

/** Told when a hook that runs after the deed has failed. */
export type OnHookError = (error: unknown, hook: HookName) => unknown;

interface BoundHook {
  owner: Function;
  method: string | symbol;
}

/** Calls the app's hooks. Those before a deed may refuse it; those after it can change nothing any more. */
export class HookDispatcher {
  private readonly hooks = new Map<HookName, BoundHook[]>();
  private readonly afterAnswers = new BackgroundWork((error) =>
    this.logger.error('a task after the answer failed', describeError(error)),
  );

  constructor(
    classes: readonly Function[],
    private readonly container: { get(someClass: Function): object },
    private readonly logger: Logger,
    private readonly onHookError?: OnHookError,
  ) {
    for (const owner of classes) {
      for (const { name, method } of hookMethods(owner))
        this.hooks.set(name, [...(this.hooks.get(name) ?? []), { owner, method }]);
    }
  }

  has(name: HookName): boolean {
    return this.hooks.has(name);
  }

  /** Runs the hooks one after another, and lets the first error through. */
  async run(name: HookName, ...args: unknown[]): Promise<unknown[]> {
    const results: unknown[] = [];
    for (const hook of this.hooks.get(name) ?? []) results.push(await this.call(hook, args));
    return results;
  }

  /** Runs the hooks after the deed: a failure is logged and reported, and the others run all the same. */
  async notify(name: HookName, ...args: unknown[]): Promise<void> {
    for (const hook of this.hooks.get(name) ?? []) {
      try {
        await this.call(hook, args);
      } catch (error) {
        await this.report(name, error);
      }
    }
  }

  /**
   * Runs a task once the answer has gone out, so that the time it takes tells the client nothing; without a request it is awaited.
   * A shutdown waits for it: {@link settled}.
   */
  async afterAnswer(request: Request | undefined, task: () => Promise<void>): Promise<void> {
    const response = request?.res;
    if (response === undefined || response.writableFinished || response.destroyed) return this.afterAnswers.add(task());
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    void this.afterAnswers.add(closed.then(task));
  }

  /** Waits for all hooks that run beside their request. */
  async settled(): Promise<void> {
    await this.afterAnswers.settled();
  }

  private async call({ owner, method }: BoundHook, args: unknown[]): Promise<unknown> {
    const instance: object = this.container.get(owner);
    return await Reflect.apply(Reflect.get(instance, method), instance, args);
  }

  private async report(name: HookName, error: unknown): Promise<void> {
    this.logger.error(`the hook ${name} failed; what it followed is done`, describeError(error));
    try {
      await this.onHookError?.(error, name);
    } catch (reportError) {
      this.logger.error('onHookError failed itself', describeError(reportError));
    }
  }
}
