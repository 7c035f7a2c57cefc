import type { JsonSchema } from '../../core/resource/schema.js';

/**
 * Type of a field: a scalar (`string`, `int32`, `int64`, `double`, `bool`, `Quantity`, `IntOrString`, `Time`, `MicroTime`,
 * `Duration`, `Bytes`, `Raw`), an enumeration (`Always|Never`), a message by name, a list (`[]Container`) or a map
 * with string keys (`{}Quantity`).
 */
export type FieldType = string;

/** `r`: required. */
export type FieldFlags = '' | 'r';

/**
 * One field: JSON name, type, flags, then what only some have: `default` (undefined: none), `smp`, the strategic-merge
 * rule (`merge:<key>`, `merge`, `retainKeys`, `merge,retainKeys:<key>`), and `ssa`, the topology of server-side apply
 * (`map:<key>,<key>`, `set`, `atomic`). A list without one is atomic, a map is granular. Rule: T1.
 */
export type Field = readonly [json: string, type: FieldType, flags: FieldFlags, default_?: unknown, smp?: string | undefined, ssa?: string];

/** What upstream calls a message or struct. `atomic`: apply owns it whole. */
export interface Message {
  readonly name: string;
  readonly atomic?: true;
  readonly fields: readonly Field[];
}

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
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  Duration: { type: 'string' },
  Bytes: { type: 'string', format: 'byte' },
  Raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

/**
 * The schema of message `name`: types, defaults, required fields and the list and map topologies of apply.
 * A view of the table; nothing is kept twice. Rules: T2, A51.
 */
export function schemaOf(messages: readonly Message[], name: string): JsonSchema {
  const byName = new Map(messages.map((message) => [message.name, message]));
  // Messages shared by many fields (Container, LabelSelector …) become one shared value.
  const made = new Map<string, JsonSchema>();

  const messageSchema = (message: Message): JsonSchema => {
    const known = made.get(message.name);
    if (known) return known;
    const required = message.fields.filter(([, , flags]) => flags === 'r').map(([json]) => json);
    const schema: JsonSchema = Object.freeze({
      type: 'object',
      properties: Object.fromEntries(message.fields.map((field) => [field[0], fieldSchema(field)])),
      ...(required.length > 0 ? { required } : {}),
      ...(message.atomic ? { 'x-kubernetes-map-type': 'atomic' as const } : {}),
    });
    made.set(message.name, schema);
    return schema;
  };

  const typeSchema = (type: FieldType): JsonSchema => {
    const scalar = scalars[type];
    if (scalar) return scalar;
    if (type.includes('|')) return { type: 'string', enum: type.split('|') };
    const message = byName.get(type);
    if (!message) throw new TypeError(`the table of kinds has no message "${type}"`);
    return messageSchema(message);
  };

  const fieldSchema = ([, type, , value, , ssa]: Field): JsonSchema => {
    const base: JsonSchema = type.startsWith('[]') ? { type: 'array', items: typeSchema(type.slice(2)), ...listTopology(ssa) }
      : type.startsWith('{}') ? { type: 'object', additionalProperties: typeSchema(type.slice(2)), ...(ssa === 'atomic' ? { 'x-kubernetes-map-type': 'atomic' as const } : {}) }
      : ssa === 'atomic' ? { ...typeSchema(type), 'x-kubernetes-map-type': 'atomic' }
      : typeSchema(type);
    return value === undefined ? base : { ...base, default: value };
  };

  return typeSchema(name);
}

/** Lists without a topology are atomic, which is said aloud so that no reader has to know it. */
function listTopology(ssa: string | undefined): JsonSchema {
  if (ssa === 'set') return { 'x-kubernetes-list-type': 'set' };
  if (ssa?.startsWith('map:')) return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ssa.slice(4).split(',') };
  return { 'x-kubernetes-list-type': 'atomic' };
}
