import { type Action, getMetadataArgsStorage } from 'routing-controllers';

/** What routing-controllers hands from the parameter to the checker. */
type MarkedAction = Action & { isUserRequired?: boolean };

/**
 * Injects the signed-in user. Anonymous callers get 401, unless told otherwise: routing-controllers' own decorator lets them
 * in as `undefined`.
 * @param options - `required: false` lets anonymous callers in; the parameter is then `undefined`
 */
export function CurrentUser(options: { required?: boolean } = {}): ParameterDecorator {
  const required = options.required ?? true;
  return (object, method, index) => {
    getMetadataArgsStorage().params.push({
      type: 'current-user',
      object,
      method: String(method),
      index,
      parse: false,
      required,
      // Runs right before routing-controllers asks the checker, which is told nothing of the parameter.
      transform: (action: Action, value: unknown) => {
        const marked: MarkedAction = action;
        marked.isUserRequired = required;
        return value;
      },
    });
  };
}

/** Whether the parameter that is being made wants a user. routing-controllers' own `@CurrentUser()` does not say, and checks by itself. */
export function isUserRequired(action: MarkedAction): boolean {
  return action.isUserRequired === true;
}
