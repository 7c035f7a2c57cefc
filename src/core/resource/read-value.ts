import type { ConfigProblem } from '../runtime/errors.js';
import { plainSchema } from './foreign-schema.js';
import { deepFreeze } from './json/deep-freeze.js';
import { InvalidJson, plainJson } from './json/plain-json.js';
import type { SchemaLike } from './schema.js';
import { applyDefaults } from './validation/defaulting.js';
import { prune } from './validation/pruning.js';
import { validators } from './validation/validators.js';

/**
 * A value from outside, as its schema has it: copied, with the defaults filled in, frozen; or everything that is wrong
 * with it. For configurations; objects of kinds are the API's affair. Unknown fields are problems. Rules: B77, B89
 */
export function readValue(schema: SchemaLike, given: unknown): { readonly value: unknown } | { readonly problems: readonly ConfigProblem[] } {
  const json = plainSchema(schema, 'the schema');
  let value: unknown;
  try {
    ({ value } = plainJson(given));
  } catch (thrown) {
    if (!(thrown instanceof InvalidJson)) throw thrown;
    return { problems: [{ path: thrown.path, message: thrown.message }] };
  }
  const unknown = prune(value, json).map((path) => ({ path, message: 'is no known field' }));
  applyDefaults(value, json);
  const wrong = validators().check(json, value).map(({ field, message }) => ({ path: field ?? '', message }));
  const problems = [...unknown, ...wrong];
  return problems.length > 0 ? { problems } : { value: deepFreeze(value) };
}
