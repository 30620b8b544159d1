import type { Request } from 'express';
import { getMetadataArgsStorage, type RoutingControllersOptions } from 'routing-controllers';
import { LibraryController } from '../http/index.js';

/** Where the library's controllers are mounted, and which paths under them some controller serves. */
export class LibraryPaths {
  private readonly prefixes: readonly string[];

  constructor(private readonly options: RoutingControllersOptions) {
    this.prefixes = listedControllers(options)
      .filter(({ target }) => target.prototype instanceof LibraryController)
      .map(({ route }) => `${options.routePrefix ?? ''}${route ?? ''}`);
  }

  /** Whether the request is for something under a prefix of the library, in upper or lower case as the app has it. */
  isUnder(request: Request): boolean {
    const fold = foldingOf(request);
    const path = fold(pathOf(request));
    return this.prefixes.some((prefix) => path === fold(prefix) || path.startsWith(`${fold(prefix)}/`));
  }

  /** Whether there is a route at the path of the request, by whatever method. */
  isRoute(request: Request): boolean {
    const fold = foldingOf(request);
    const segments = fold(pathOf(request)).replace(/\/$/, '').split('/');
    return this.routes().some((route) => {
      const parts = route.replace(/\/$/, '').split('/');
      return (
        parts.length === segments.length && parts.every((part, index) => part.startsWith(':') || fold(part) === segments[index])
      );
    });
  }

  private routes(): string[] {
    const { actions } = getMetadataArgsStorage();
    return listedControllers(this.options).flatMap(({ target, route: base }) =>
      actions
        .filter((action) => action.target === target || target.prototype instanceof action.target)
        .map(({ route }) => `${this.options.routePrefix ?? ''}${base ?? ''}${typeof route === 'string' ? route : ''}`),
    );
  }
}

function listedControllers({ controllers }: RoutingControllersOptions) {
  const listed: RoutingControllersOptions['controllers'] = controllers ?? [];
  const isListed = (target: Function) =>
    listed.length === 0 || listed.some((controller) => controller === target || typeof controller === 'string');
  return getMetadataArgsStorage().controllers.filter(({ target }) => isListed(target));
}

function pathOf({ baseUrl, path }: Request): string {
  return `${baseUrl}${path}`;
}

function foldingOf({ app }: Request): (text: string) => string {
  return app.enabled('case sensitive routing') ? (text) => text : (text) => text.toLowerCase();
}
