import type { UsersError } from './users-error.js';

/** A body or an answer: a class of fields, one of the app's own by its name, a JSON schema, or nothing. */
export type DescribedContent =
  | 'User'
  | 'UserCreate'
  | 'UserUpdate'
  | 'SuperuserUserCreate'
  | 'SuperuserUserUpdate'
  | (new () => object)
  | JsonSchema
  | null;

export interface JsonSchema {
  type?: string | readonly string[];
  [keyword: string]: unknown;
}

/** How the login of a backend answers. */
export interface DescribedBackend {
  name: string;
  /** By tokens in the body, by a cookie, or by what only a transport of the app's own knows. */
  answersBy: 'tokens' | 'cookie' | 'unknown';
  hasRefresh: boolean;
}

/** What of an app decides how some routes answer. */
export interface DescribedApp {
  backends: readonly DescribedBackend[];
  preventEnumeration: boolean;
}

/** What comes when all is well, by status. A JSON schema with a `title` gets that name in a generated client, also inside another. */
export type DescribedAnswers = Readonly<Record<number, { description: string; content?: DescribedContent }>>;

/** What a route is for, for those who call it. The guard, the path and what all routes have in common are not repeated here. */
export interface RouteDescription {
  /** What a generated client calls it: `getMe`. */
  operationId: string;
  summary: string;
  /** The heading that it stands under: `users`, `auth`, `oauth`, … */
  tag: string;
  /** What it takes as JSON. */
  body?: DescribedContent;
  /** What it takes as a form; `true` where that is the same. */
  form?: true | (new () => object);
  /** The class of its query. */
  query?: new () => object;
  /** Fields of its query beside those, which may come several times. */
  repeatedQuery?: readonly string[];
  /** Whether `:id` in its path is a user's. */
  ofUser?: boolean;
  answers: DescribedAnswers | ((app: DescribedApp) => DescribedAnswers);
  /** Errors of its own: one instance each shows its code, its status and its sentence. */
  errors?: readonly UsersError[];
  /** Whether it answers 403 to a user whose address is not verified, where that is required, without a guard that tells so. */
  refusesUnverified?: boolean;
  /** Whether it has a limit on tries. */
  limited?: boolean;
}

export type RouteDescriptions = Readonly<Record<string, RouteDescription>>;

const DESCRIPTIONS = 'routing-controllers-users:descriptions';

/** Describes the routes of a controller by the names of its methods. Nothing is made before somebody asks. */
export function describeRoutes(controller: Function, descriptions: () => RouteDescriptions): void {
  Reflect.defineMetadata(DESCRIPTIONS, descriptions, controller);
}

/** The descriptions of a controller's routes, those of its bases included. */
export function routeDescriptions(controller: Function): RouteDescriptions {
  const describe: (() => RouteDescriptions) | undefined = Reflect.getMetadata(DESCRIPTIONS, controller);
  return describe?.() ?? {};
}
