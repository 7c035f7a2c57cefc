import type { types } from '../runtime/brand.js';
import { DefinitionError } from './definition-error.js';
import { checkNode } from './schema-check.js';
import type { AnySchema, Flat, Json, JsonSchema, Presence, Quantity, Rule, Schema } from './schema.js';

type Props = { readonly [name: string]: AnySchema };
type Field = typeof types;
type Lacking<P extends Props, W extends Presence> = { [K in keyof P]: P[K][Field]['presence'] extends W ? K : never }[keyof P];
// Objects whose every field must be there take the short branch: half the instantiations of one mapped type for all.
type ObjectOut<P extends Props, O extends PropertyKey = Lacking<P, 'optional'>> = [O] extends [never] ? { readonly [K in keyof P]: P[K][Field]['out'] }
  : Flat<{ [K in Exclude<keyof P, O>]: P[K][Field]['out'] } & { [K in keyof P & O]?: P[K][Field]['out'] }>;
type ObjectIn<P extends Props, O extends PropertyKey = Lacking<P, 'optional' | 'default'>> = [O] extends [never] ? { readonly [K in keyof P]: P[K][Field]['in'] }
  : Flat<{ [K in Exclude<keyof P, O>]: P[K][Field]['in'] } & { [K in keyof P & O]?: P[K][Field]['in'] | undefined }>;

export interface Common {
  readonly description?: string;
  /** CEL rules (A110). */
  readonly rules?: readonly Rule[];
  readonly nullable?: boolean;
}
/** D is inferred from `default` alone, so misspelt options are still found. */
type Defaulted<D> = { readonly default?: D };
type PresenceOf<D> = [D] extends [undefined] ? 'required' : 'default';
export interface Strings extends Common {
  /** In code points (A107). */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** RE2 syntax: no look-around, no back-reference (B73). */
  readonly pattern?: string;
  readonly format?: 'date' | 'date-time' | 'duration' | 'byte' | 'uri' | 'email' | 'hostname' | 'ipv4' | 'ipv6' | 'uuid';
}
export interface Numbers extends Common {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
}
export interface Lists extends Common {
  readonly minItems?: number;
  readonly maxItems?: number;
}

/**
 * Builds structural JSON Schema and its types at once. A field is required unless it has a `default` or is wrapped in
 * `t.Optional`; fields that are not declared are dropped. Every function throws DefinitionError for a schema that
 * cannot be.
 */
export interface SchemaBuilder {
  Object<P extends Props>(properties: P, options?: Common): Schema<ObjectOut<P>, ObjectIn<P>>;
  String<D extends string | undefined = undefined>(options?: Strings & Defaulted<D>): Schema<string, string, PresenceOf<D>>;
  Integer<D extends number | undefined = undefined>(options?: Numbers & Defaulted<D>): Schema<number, number, PresenceOf<D>>;
  Number<D extends number | undefined = undefined>(options?: Numbers & Defaulted<D>): Schema<number, number, PresenceOf<D>>;
  Boolean<D extends boolean | undefined = undefined>(options?: Common & Defaulted<D>): Schema<boolean, boolean, PresenceOf<D>>;
  Enum<const V extends readonly [string, ...string[]], D extends V[number] | undefined = undefined>(values: V, options?: Common & Defaulted<D>): Schema<V[number], V[number], PresenceOf<D>>;
  /** list-type atomic: owned and replaced whole. */
  Array<S extends AnySchema>(items: S, options?: Lists): Schema<readonly S[typeof types]['out'][], readonly S[typeof types]['in'][]>;
  /** list-type set: scalars, each once. */
  Set<S extends AnySchema>(items: S, options?: Lists): Schema<readonly S[typeof types]['out'][], readonly S[typeof types]['in'][]>;
  /** list-type map: items are told apart by `key`. */
  ListMap<Out, In>(key: (keyof Out & string) | readonly (keyof Out & string)[], items: Schema<Out, In, Presence>, options?: Lists): Schema<readonly Out[], readonly In[]>;
  Map<S extends AnySchema>(values: S, options?: Common & { readonly maxProperties?: number }): Schema<{ readonly [key: string]: S[typeof types]['out'] }, { readonly [key: string]: S[typeof types]['in'] }>;
  IntOrString<D extends number | string | undefined = undefined>(options?: Common & Defaulted<D>): Schema<number | string, number | string, PresenceOf<D>>;
  /** An amount such as `500m` or `10Gi`. A number may be written; a string in canonical form is read (A90). */
  Quantity<D extends string | undefined = undefined>(options?: Common & Defaulted<D>): Schema<Quantity, Quantity | number, PresenceOf<D>>;
  /** Any JSON value, kept as it is. */
  Any(options?: Common): Schema<Json>;
  Optional<Out, In>(schema: Schema<Out, In, Presence>): Schema<Out, In, 'optional'>;
  Nullable<Out, In, P extends Presence>(schema: Schema<Out, In, P>): Schema<Out | null, In | null, P>;
}

/** Upstream's own pattern for quantities in definitions. */
const quantityPattern = '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

export const t: SchemaBuilder = Object.freeze({
  Object(properties: Props, options?: Common) {
    const required = Object.keys(properties).filter((name) => !isOptional(properties[name]) && properties[name]?.json.default === undefined);
    const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schema.json]));
    return built('t.Object', { type: 'object', properties: fields, ...(required.length > 0 ? { required } : {}) }, options);
  },
  String: (options?: Strings) => built('t.String', { type: 'string' }, options),
  Integer: (options?: Numbers) => built('t.Integer', { type: 'integer' }, options),
  Number: (options?: Numbers) => built('t.Number', { type: 'number' }, options),
  Boolean: (options?: Common) => built('t.Boolean', { type: 'boolean' }, options),
  Enum: (values: readonly string[], options?: Common) => built('t.Enum', { type: 'string', enum: [...values] }, options),
  Array: (items: AnySchema, options?: Lists) => built('t.Array', { type: 'array', items: items.json, 'x-kubernetes-list-type': 'atomic' }, options),
  Set: (items: AnySchema, options?: Lists) => built('t.Set', { type: 'array', items: items.json, 'x-kubernetes-list-type': 'set' }, options),
  ListMap: (key: string | readonly string[], items: AnySchema, options?: Lists) => built('t.ListMap', {
    type: 'array', items: items.json, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': typeof key === 'string' ? [key] : [...key],
  }, options),
  Map: (values: AnySchema, options?: Common) => built('t.Map', { type: 'object', additionalProperties: values.json }, options),
  IntOrString: (options?: Common) => built('t.IntOrString', { 'x-kubernetes-int-or-string': true }, options),
  Quantity: (options?: Common) => built('t.Quantity', { 'x-kubernetes-int-or-string': true, format: 'quantity', pattern: quantityPattern }, options),
  // Null is a JSON value as well; without `nullable` it would be dropped (A106).
  Any: (options?: Common) => built('t.Any', { 'x-kubernetes-preserve-unknown-fields': true, nullable: true }, options),
  Optional: (schema: AnySchema) => made(schema.json, true),
  Nullable: (schema: AnySchema) => made(Object.freeze({ ...schema.json, nullable: true }), isOptional(schema)),
  // The types of a schema are computed by the interface; at run time they do not exist.
}) as unknown as SchemaBuilder;

/** Marks what `t` made: its nodes were checked when they were built. */
const marks: unique symbol = Symbol('setpoint.schema');
interface Marked {
  readonly json: JsonSchema;
  readonly [marks]: { readonly optional: boolean };
}

/** True for values of `t`. */
export function isBuilt(value: unknown): value is AnySchema {
  return typeof value === 'object' && value !== null && marks in value;
}

function isOptional(schema: AnySchema | undefined): boolean {
  return (schema as Partial<Marked> | undefined)?.[marks]?.optional === true;
}

function built(where: string, base: JsonSchema, options: (Common & { readonly default?: unknown }) | undefined): Marked {
  if (options !== undefined && (typeof options !== 'object' || options === null)) throw new DefinitionError(where, 'options must be an object');
  const { rules, ...rest } = options ?? {};
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const json: JsonSchema = Object.freeze({ ...base, ...given, ...(rules === undefined ? {} : { 'x-kubernetes-validations': rules }) });
  checkNode(json, where);
  return made(json, false);
}

function made(json: JsonSchema, optional: boolean): Marked {
  return Object.freeze({ json, [marks]: { optional } });
}
