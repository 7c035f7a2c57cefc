/** A JSON object whose members are looked at by name. Only own members count: `constructor` and friends are plain data (A44). */
export interface JsonObject {
  readonly [key: string]: unknown;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member of this name, else undefined. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A copy with this member set. `__proto__` becomes an own member like any other. */
export function withMember(object: JsonObject, name: string, value: unknown): JsonObject {
  return setMember({ ...object }, name, value);
}

/** A copy without this member. */
export function withoutMember(object: JsonObject, name: string): JsonObject {
  const copy: { [key: string]: unknown } = {};
  for (const key of Object.keys(object)) if (key !== name) setMember(copy, key, object[key]);
  return copy;
}

/** Sets an own member of an object that is being built. */
export function setMember<T extends { [key: string]: unknown }>(object: T, name: string, value: unknown): T {
  // Plain assignment to `__proto__` would change the prototype instead.
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else (object as { [key: string]: unknown })[name] = value;
  return object;
}
