/**
 * Freezes a JSON value to the bottom and gives it back. What is frozen already is taken to be frozen below as well, so
 * a value that shares much with a stored one costs little.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const name of Object.keys(value)) deepFreeze((value as { readonly [name: string]: unknown })[name]);
  return Object.freeze(value);
}
