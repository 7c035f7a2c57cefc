import { Ajv, type ErrorObject } from 'ajv';
import type { JsonSchema } from '../schema.js';
import type { StatusCause } from '../status.js';
import { rootedSchema } from './ajv-schema.js';
import { invalid, limited, notSupported, required, tooLong, tooMany, typeInvalid } from './causes.js';
import { formats } from './formats.js';
import { findDuplicates } from './list-types.js';
import { compilePattern } from './pattern.js';

/**
 * Checks a value against the schema that it was compiled from; empty when it fits. All errors are found, at most 100
 * and a count are answered. `at` takes one field of the value for the whole of it, so that paths begin with its name.
 */
export type Validator = (value: unknown, options?: { readonly at?: string }) => readonly StatusCause[];

/**
 * Compiles a structural schema. Texts and reasons are those of kube-apiserver for custom kinds.
 * Costs about a millisecond: keep what it gives (see `Validators`). Rules: A6, A107, A108, B72, B75, B78
 */
export function compileValidator(schema: JsonSchema, repeats: 'refused' | 'allowed' = 'refused'): Validator {
  const check = new Ajv({
    allErrors: true, verbose: true, messages: false, logger: false,
    // The schema was checked before, and only keywords that we know are passed on (B75).
    strict: false, meta: false, validateSchema: false, addUsedSchema: false, inlineRefs: false,
    // `toString` of the prototype is no field of an object (B13).
    ownProperties: true, multipleOfPrecision: 12, formats,
    // Its optimizer costs more than it gains: half of the time of a large schema (B76), nothing at run time.
    code: { optimize: false, regExp: Object.assign((pattern: string) => re2(pattern), { code: 're2' }) },
  }).compile(rootedSchema(schema));
  return (value, { at } = {}) => {
    const root = at === undefined ? value : (value as { readonly [field: string]: unknown })[at];
    const fits = check({ root });
    const causes = fits ? [] : causesOf(check.errors ?? [], { root }, at ?? '');
    // Duplicates are looked for only in lists that are lists, so this is safe on values that do not fit.
    if (repeats === 'refused') findDuplicates(root, schema, at ?? '', causes);
    return causes.length === 0 ? none : limited(causes);
  };
}

const none: readonly StatusCause[] = Object.freeze([]);

/** What ajv asks of a regular expression. */
function re2(pattern: string): RegExp {
  const test = compilePattern(pattern);
  // ajv calls `test`, and tells patterns apart by their text.
  return { test, toString: () => pattern } as unknown as RegExp;
}

function causesOf(errors: readonly ErrorObject[], data: { readonly root: unknown }, at: string): StatusCause[] {
  const causes: StatusCause[] = [];
  for (const error of errors) {
    if (insideBranch(error.schemaPath)) continue;
    const found = causeOf(error, fieldPath(error.instancePath, data, at));
    if (found) causes.push(found);
  }
  return causes;
}

function causeOf(error: ErrorObject, path: string): StatusCause | undefined {
  // The parameters of each keyword are fixed by ajv.
  const params = error.params as { readonly missingProperty: string; readonly limit: number; readonly allowedValues: readonly unknown[]; readonly type: string | readonly string[]; readonly pattern: string; readonly format: string; readonly multipleOf: number };
  const value: unknown = error.data;
  const says = (text: string) => invalid(path, value, `${path} in body ${text}`);
  switch (error.keyword) {
    case 'required': return required(child(path, params.missingProperty));
    case 'type': return typeInvalid(path, jsonType(value), `${path} in body must be of type ${typeNames(params.type)}: "${jsonType(value)}"`);
    case 'enum': return notSupported(path, value, params.allowedValues.filter((one) => one !== null));
    case 'maxLength': return tooLong(path, params.limit);
    case 'minLength': return says(`should be at least ${params.limit} chars long`);
    case 'pattern': return says(`should match '${params.pattern}'`);
    case 'format': return typeInvalid(path, value, `${path} in body must be of type ${params.format}: ${JSON.stringify(value)}`);
    case 'minimum': return says(`should be greater than or equal to ${params.limit}`);
    case 'maximum': return says(`should be less than or equal to ${params.limit}`);
    case 'exclusiveMinimum': return says(`should be greater than ${params.limit}`);
    case 'exclusiveMaximum': return says(`should be less than ${params.limit}`);
    case 'multipleOf': return says(`should be a multiple of ${params.multipleOf}`);
    case 'maxItems': return tooMany(path, (value as readonly unknown[]).length, params.limit);
    case 'minItems': return says(`should have at least ${params.limit} items`);
    case 'maxProperties': return tooMany(path, Object.keys(value as object).length, params.limit);
    case 'minProperties': return says(`should have at least ${params.limit} properties`);
    // Upstream names no field for these: its error carries the path in the text only.
    case 'anyOf': return invalid('<nil>', '', `"${path}" must validate at least one schema (anyOf)`);
    case 'oneOf': return invalid('<nil>', '', `"${path}" must validate one and only one schema (oneOf). ${foundValid(error)}`);
    case 'not': return invalid('<nil>', '', `"${path}" must not validate the schema (not)`);
    default: return undefined;
  }
}

function foundValid(error: ErrorObject): string {
  const passing = (error.params as { readonly passingSchemas: readonly number[] | null }).passingSchemas;
  return passing === null ? 'Found none valid' : `Found ${passing.length} valid alternatives`;
}

function typeNames(type: string | readonly string[]): string {
  return [type].flat().filter((name) => name !== 'null').join(',');
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The branch of an anyOf, oneOf or not failed for a reason that its keyword sums up. */
function insideBranch(schemaPath: string): boolean {
  const steps = schemaPath.split('/');
  for (let i = 1; i < steps.length - 1; i++) {
    switch (steps[i]) {
      case 'properties': i++; break; // the next step is a name, which may be spelt like a keyword
      case 'allOf': i++; break;
      case 'anyOf': case 'oneOf': case 'not': return true;
      default: break;
    }
  }
  return false;
}

/** `/root/spec/containers/0/name` → `spec.containers[0].name`; what is an index depends on the value. */
function fieldPath(pointer: string, data: { readonly root: unknown }, at: string): string {
  let path = at;
  let value: unknown = data.root;
  for (const step of pointer.split('/').slice(2)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path = Array.isArray(value) ? `${path}[${name}]` : child(path, name);
    // ajv walked there, so there is a container at each step.
    value = (value as { readonly [field: string]: unknown })[name];
  }
  return path;
}

function child(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
