export { Bodies } from './bodies.js';
export { type BodyKind, receive, receivedRoute } from './body.js';
export { clientAddress, clientKey, userAgent } from './client-address.js';
export { type CookieAttributes, checkCookie, readCookie, serializeCookie } from './cookies.js';
export { declaredFields, type ReadOptions, readDto } from './dto.js';
export { toUsersError } from './foreign-errors.js';
export {
  CsrfRejectedError,
  ForbiddenError,
  InternalError,
  MalformedBodyError,
  NotFoundError,
  PayloadTooLargeError,
  ServiceUnavailableError,
  TooManyRequestsError,
  UnauthorizedError,
  UnsupportedMediaTypeError,
  ValidationError,
} from './http.errors.js';
export { PROBLEM_TYPE } from './json-answer.js';
export { CompleteController, isCompleteController, LibraryController } from './library-controller.js';
export { type ExpressPrototypes, type MessageClasses, messageClasses } from './message-classes.js';
export { checkOrigins, OriginPolicy } from './origin.js';
export { plainAnswer } from './plain-answer.js';
export { applyProblemHeaders, createProblemHandler, isForTheLog, sendProblem } from './problem.js';
export { QueryBoolean, QueryInteger, readQuery } from './query.js';
export { requestNote } from './request-note.js';
export {
  type DescribedAnswers,
  type DescribedApp,
  type DescribedBackend,
  type DescribedContent,
  describeRoutes,
  type JsonSchema,
  type RouteDescription,
  type RouteDescriptions,
  routeDescriptions,
} from './route-description.js';
export { asSent, nestedClass, sentName, sentPath } from './sent-names.js';
export { type FieldError, type ProblemDetails, UsersError } from './users-error.js';
