import type { JsonSchema } from '../../core/resource/schema.js';
import { corrections } from './corrections.js';
import type { Facts, Field, FieldType } from './facts.js';

// As `t.Quantity()` has it, which a test compares: importing `t` would load the validator with every kind (T3).
const quantityPattern = '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

const scalars: { readonly [type: string]: JsonSchema } = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number' },
  bool: { type: 'boolean' },
  Quantity: { 'x-kubernetes-int-or-string': true, format: 'quantity', pattern: quantityPattern },
  IntOrString: { 'x-kubernetes-int-or-string': true },
  Time: { type: 'string', format: 'date-time', 'x-setpoint-time': 'seconds' },
  MicroTime: { type: 'string', format: 'micro-time', 'x-setpoint-time': 'micros' },
  Duration: { type: 'string' },
  Bytes: { type: 'string', format: 'byte' },
  Raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-map-type': 'atomic' },
  FieldsV1: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

/**
 * The schema of the kind whose message is `name`, but for its metadata, which belongs to the api: types, defaults,
 * required fields and the list and map topologies of apply. A view of the facts; nothing is kept twice. Rules: T2, A51.
 */
export function schemaOf(facts: Facts, name: string): JsonSchema {
  // Messages shared by many fields (Container, LabelSelector …) become one shared value.
  const made = new Map<string, JsonSchema>();

  const messageSchema = (message: string, omit?: string): JsonSchema => {
    const known = made.get(message);
    if (known) return known;
    const { required = [], optional = [], defaults = {}, enums = {}, open = [], more = {} } = corrections[message] ?? {};
    const fields = facts.fields(message).filter(([json]) => json !== omit);
    // What a controller says of an object it says bit by bit, and Go prints the rest as zeros.
    const isStatus = message.endsWith('Status');
    const isNeeded = ([json, , flags]: Field) => ((flags.includes('r') && !isStatus) || required.includes(json)) && !optional.includes(json);
    const needed = fields.filter(isNeeded);
    const always = fields.filter((field) => isAlways(field) && !(isNeeded(field) && field[2].includes('p')));
    const properties = fields.map((field): [string, JsonSchema] => {
      const [json, type, , , extras] = field;
      const values = enums[json];
      const base = values ? { type: 'string' as const, enum: [...values] } : open.includes(json) ? { type: 'string' as const } : fieldSchema(field, type);
      const given = Object.hasOwn(defaults, json) ? defaults[json] : extras?.default;
      const isOmitted = isOmittedWhenEmpty(field, isNeeded(field));
      const value = isOmitted && (given === 0 || given === '' || given === false) ? undefined : given;
      return [json, {
        ...base,
        ...(value === undefined ? {} : { default: value }),
        ...(isAlways(field) && !isNeeded(field) && isNullWhenEmpty(field) ? { nullable: true } : {}),
        ...(isOmitted ? { 'x-setpoint-omitempty': true } : {}),
      }];
    });
    const schema: JsonSchema = Object.freeze({
      type: 'object',
      properties: { ...Object.fromEntries(properties), ...more },
      ...(needed.length > 0 ? { required: needed.map(([json]) => json) } : {}),
      ...(always.length > 0 ? { 'x-setpoint-always': always.map(([json]) => json) } : {}),
      ...(facts.message(message)?.atomic ? { 'x-kubernetes-map-type': 'atomic' as const } : {}),
    });
    made.set(message, schema);
    return schema;
  };

  const typeSchema = (type: FieldType): JsonSchema => {
    const scalar = scalars[type];
    if (scalar) return scalar;
    if (type.startsWith('[]')) return { type: 'array', items: typeSchema(type.slice(2)), ...listTopology(undefined) };
    const values = facts.enum(type);
    return values ? { type: 'string', enum: [...values].sort() } : messageSchema(type);
  };

  const fieldSchema = ([, , , , extras]: Field, type: FieldType): JsonSchema => {
    if (type.startsWith('[]')) return { type: 'array', items: typeSchema(type.slice(2)), ...listTopology(extras?.ssa), ...nullItem(facts, type.slice(2)) };
    const base: JsonSchema = type.startsWith('{}') ? { type: 'object', additionalProperties: inMap(typeSchema(type.slice(2))) } : typeSchema(type);
    return extras?.ssa === 'atomic' ? { ...base, 'x-kubernetes-map-type': 'atomic' } : base;
  };

  return messageSchema(name, 'metadata');
}

/** Go reads a null in a map as the zero of its type. */
function inMap(schema: JsonSchema): JsonSchema {
  return schema.type === 'string' && schema.format === undefined ? { ...schema, default: '' } : schema;
}

/** Types that Go has as structs although JSON has them as one value: omitempty does not leave them out. */
const structs: ReadonlySet<FieldType> = new Set(['Time', 'MicroTime', 'Quantity', 'IntOrString', 'Duration', 'Raw']);

/** A message by value, which is there whatever was written. */
function isStruct([, , flags]: Field): boolean {
  return flags.includes('s') && !flags.includes('p');
}

/** Whether Go prints the field even when nothing was written. */
function isAlways(field: Field): boolean {
  const [, type, flags] = field;
  if (isStruct(field) || (structs.has(type) && !flags.includes('p'))) return !flags.includes('z');
  return !flags.includes('o');
}

/** What Go prints as null when it has nothing: pointers, lists, maps, bytes and times. */
function isNullWhenEmpty([, type, flags]: Field): boolean {
  return flags.includes('p') || isContainer(type) || ['Time', 'MicroTime', 'Bytes', 'Raw'].includes(type);
}

/** Zeros and empty texts, lists and maps that Go does not print. */
function isOmittedWhenEmpty(field: Field, isNeeded: boolean): boolean {
  const [, type, flags] = field;
  // A list that may be empty is kept as null: the reference's stored form does not tell one from the other.
  if (isContainer(type) && !flags.includes('p') && !isNeeded) return true;
  return flags.includes('o') && !flags.includes('p') && !isStruct(field) && !structs.has(type);
}

function isContainer(type: FieldType): boolean {
  return type.startsWith('[]') || type.startsWith('{}');
}

/** Go reads a null in a list as the zero of its type. */
function nullItem(facts: Facts, type: FieldType): Pick<JsonSchema, 'x-setpoint-null-item'> {
  if (type === 'string' || facts.enum(type)) return { 'x-setpoint-null-item': '' };
  return facts.message(type) ? { 'x-setpoint-null-item': {} } : {};
}

/** Lists without a topology are atomic, which is said aloud so that no reader has to know it. */
function listTopology(ssa: string | undefined): JsonSchema {
  if (ssa === 'set') return { 'x-kubernetes-list-type': 'set' };
  if (ssa?.startsWith('map:')) return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ssa.slice(4).split(',') };
  return { 'x-kubernetes-list-type': 'atomic' };
}
