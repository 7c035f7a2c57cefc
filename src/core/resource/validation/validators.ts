import type { JsonSchema } from '../schema.js';
import type { StatusCause } from '../status.js';
import { limited } from './causes.js';
import { compileRules, type RuleChecker } from './rules.js';
import { compileValidator, type Validator } from './validator.js';

/** Checks values against schemas, compiling each schema once, when it is first used. One belongs to each api. */
export interface Validators {
  /**
   * Why a value does not fit; empty when it does. `old` is what is stored, for rules that compare with it (absent on
   * create). Rules run only on values that fit otherwise. Rules: A6, A107, A108, A110
   * @param repeats 'allowed' for built-in kinds: which of their lists may not repeat a key is said by code of each (T10)
   */
  check(schema: JsonSchema, value: unknown, old?: unknown, repeats?: 'refused' | 'allowed'): readonly StatusCause[];
}

export function validators(): Validators {
  // Held weakly: a definition that is gone takes what was compiled for it along (B76).
  const compiled = new WeakMap<JsonSchema, { readonly structure: Validator; readonly rules: RuleChecker | undefined }>();
  const of = (schema: JsonSchema, repeats: 'refused' | 'allowed') => {
    const known = compiled.get(schema);
    if (known) return known;
    const made = { structure: compileValidator(schema, repeats), rules: compileRules(schema) };
    compiled.set(schema, made);
    return made;
  };
  return {
    check(schema, value, old, repeats = 'refused') {
      const { structure, rules } = of(schema, repeats);
      const causes = structure(value);
      return causes.length > 0 || !rules ? causes : limited(rules(value, old));
    },
  };
}
