import { factsOfGroups } from '../generated/facts.js';

/**
 * Type of a field: a scalar (`string`, `int32`, `int64`, `double`, `bool`, `Quantity`, `IntOrString`, `Time`, `MicroTime`,
 * `Duration`, `Bytes`, `Raw`, `FieldsV1`), an enumeration or a message by its full name (`core/v1.Container`), a list
 * (`[]core/v1.Container`) or a map with string keys (`{}Quantity`).
 */
export type FieldType = string;

/**
 * One field: JSON name ('' for a message whose fields stand here in JSON), type, flags (`r` required, `p` pointer, `s` struct,
 * `o` omitempty, `z` omitzero, `i` inlined), protobuf number, then what only some have: `smp`, the strategic-merge rule
 * (`merge:<key>`, `merge`, `retainKeys`, `merge,retainKeys:<key>`), `ssa`, the topology of server-side apply
 * (`map:<key>,<key>`, `set`, `atomic`), and `default`. A list without a topology is atomic, a map is granular. Rule: T1.
 */
export type Field = readonly [json: string, type: FieldType, flags: string, proto: number, extras?: { readonly smp?: string; readonly ssa?: string; readonly default?: unknown }];

/** What upstream calls a message or struct. `atomic`: apply owns it whole. */
export interface Message {
  readonly atomic?: boolean;
  readonly fields: readonly Field[];
}

interface Group {
  readonly enums: { readonly [name: string]: readonly string[] };
  readonly messages: { readonly [name: string]: Message };
}

/** Finds messages and enumerations by their full name; a group's text is parsed at its first use (T3). */
export class Facts {
  readonly #groups = new Map<string, Group>();

  message(name: string): Message | undefined {
    return this.#find(name, ({ messages }) => messages);
  }

  enum(name: string): readonly string[] | undefined {
    return this.#find(name, ({ enums }) => enums);
  }

  /** The fields of a message as JSON has them: those of inlined messages in their place. */
  fields(name: string): readonly Field[] {
    const message = this.message(name);
    if (!message) throw new TypeError(`the table of kinds has no message "${name}"`);
    return message.fields.flatMap((field) => (field[0] === '' ? this.fields(field[1]) : [field]));
  }

  #find<T>(name: string, part: (group: Group) => { readonly [name: string]: T }): T | undefined {
    const dot = name.indexOf('.');
    const group = this.#group(name.slice(0, dot));
    const named = name.slice(dot + 1);
    return group && Object.hasOwn(part(group), named) ? part(group)[named] : undefined;
  }

  #group(name: string): Group | undefined {
    const known = this.#groups.get(name);
    if (known || !Object.hasOwn(factsOfGroups, name)) return known;
    const read = JSON.parse(factsOfGroups[name] ?? '') as Group;
    this.#groups.set(name, read);
    return read;
  }
}
