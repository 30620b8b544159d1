const { constructor: _constructor, ['__proto__']: _prototype, ...methods } = Object.getOwnPropertyDescriptors(Object.prototype);

/** The methods that any object has, without being an `Object`. */
const METHODS: object = Object.create(null, methods);

/**
 * Makes the answer of a library route. It does not descend from `Object`, since routing-controllers puts whatever does through
 * class-transformer, which takes longer than to find the user whom the answer is about.
 * @param fields - of plain values: nothing transforms them any more
 */
export function plainAnswer<T extends object>(fields: T): T {
  return Object.assign(Object.create(METHODS), fields);
}
