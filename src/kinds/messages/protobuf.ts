import { timestamp, parseTimestamp } from '../../core/runtime/clock.js';
import { SetpointError, toError } from '../../core/runtime/errors.js';
import { setOwn } from '../../core/resource/json/plain-json.js';
import type { JsonSchema } from '../../core/resource/schema.js';
import { addAlways } from '../../core/resource/validation/always.js';
import { applyDefaults } from '../../core/resource/validation/defaulting.js';
import type { MutableObject } from '../../core/api/plugs.js';
import { jobPlugs } from '../plugs/job.js';
import { Facts, type Field, type FieldType } from './facts.js';
import { schemaOf } from './message-schema.js';
import { WireError, WireWriter, readFields, type WireField } from './wire.js';

type Tree = { [field: string]: unknown };

/** What kube-apiserver writes before a protobuf value. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);
const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

/** Reads and writes objects of built-in kinds in protobuf, as kube-apiserver does. Keep it: it remembers the kinds that it met. Rules: A89, T14 */
export interface ProtobufCodec {
  /**
   * The object in a protobuf envelope, as JSON has it: `k8s\0`, then its apiVersion and kind, and the message.
   * @throws SetpointError `UnreadableValue` for other bytes, and for kinds that are not built in
   */
  decode(bytes: Uint8Array): object;
  /**
   * The bytes of an object, in its envelope. Fields that the kind does not have are left out.
   * @throws SetpointError `UnreadableValue` for kinds that are not built in
   */
  encode(object: { readonly apiVersion: string; readonly kind: string }): Uint8Array;
}

/** A codec for the built-in kinds: `run({ store: etcd(…), readProtobuf: protobufCodec().decode })` opens the data of a kube-apiserver. */
export function protobufCodec(): ProtobufCodec {
  const facts = new Facts();
  const decoder = new Decoder(facts);
  const encoder = new Encoder(facts);
  return {
    decode(bytes) {
      try {
        if (!magic.every((byte, i) => bytes[i] === byte)) throw new WireError('they do not begin with k8s\\0');
        return decoder.envelope(bytes.subarray(magic.length));
      } catch (thrown) {
        if (thrown instanceof SetpointError) throw thrown;
        // Whatever fails on the way (texts that are no UTF-8, JSON in them that is none), the bytes are at fault.
        throw new SetpointError('UnreadableValue', `the bytes are no object in protobuf: ${toError(thrown).message}`, { cause: thrown });
      }
    },
    encode(object) {
      const { apiVersion, kind } = object;
      const content = encoder.message(messageOf(facts, apiVersion, kind), object as unknown as Tree);
      const type = message((writer) => {
        writer.bytes(1, utf8.encode(apiVersion));
        writer.bytes(2, utf8.encode(kind));
      });
      const envelope = message((writer) => {
        writer.bytes(1, type);
        writer.bytes(2, content);
        writer.bytes(3, none);
        writer.bytes(4, none);
      });
      const made = new Uint8Array(magic.length + envelope.length);
      made.set(magic);
      made.set(envelope, magic.length);
      return made;
    },
  };
}

const none = new Uint8Array();
/** Defaults that depend on what a create sets after all defaults, so that the reference shows them from the next read on. */
const readDefaults: { readonly [message: string]: ((object: MutableObject) => void) | undefined } = { 'batch/v1.Job': (object) => jobPlugs.strategy?.default?.(object) };
/** Objects inside others say what they are in JSON, and not in protobuf. */
const inside: { readonly [message: string]: object } = { 'core/v1.PersistentVolumeClaim': { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } };

function messageOf(facts: Facts, apiVersion: string, kind: string): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') as [string, string] : ['core', apiVersion];
  const message = `${group.split('.')[0] ?? ''}/${version}.${kind}`;
  if (!facts.message(message)) throw new SetpointError('UnreadableValue', `${kind} of ${apiVersion} is no built-in kind, and only those have a protobuf form`);
  return message;
}

class Decoder {
  readonly #schemas = new Map<string, JsonSchema>();
  readonly #fields = new Map<string, ReadonlyMap<number, Field>>();

  constructor(private readonly facts: Facts) {}

  envelope(bytes: Uint8Array): object {
    let apiVersion = '';
    let kind = '';
    let raw: Uint8Array = none;
    for (const { number, bytes: part } of readFields(bytes)) {
      if (number === 2) raw = part;
      if (number !== 1) continue;
      for (const field of readFields(part)) {
        if (field.number === 1) apiVersion = text.decode(field.bytes);
        else if (field.number === 2) kind = text.decode(field.bytes);
      }
    }
    const message = messageOf(this.facts, apiVersion, kind);
    const object: Tree = { apiVersion, kind, ...this.message(message, raw) };
    const schema = this.#schemas.get(message) ?? schemaOf(this.facts, message);
    this.#schemas.set(message, schema);
    // What is read gets the defaults of this version, whatever version wrote it.
    applyDefaults(object, schema);
    readDefaults[message]?.(object as MutableObject);
    addAlways(object, schema);
    return object;
  }

  message(name: string, bytes: Uint8Array): Tree {
    const made: Tree = {};
    const fields = this.#fieldsOf(name);
    for (const wire of readFields(bytes)) {
      const field = fields.get(wire.number);
      // What a newer version added is stepped over.
      if (field) this.#into(made, field, wire);
    }
    for (const [json, , flags] of fields.values()) {
      // As Go prints it: zeros and empty texts of fields with omitempty are nothing.
      if (flags.includes('o') && !flags.includes('p') && isZero(made[json])) delete made[json];
    }
    return made;
  }

  #fieldsOf(name: string): ReadonlyMap<number, Field> {
    const known = this.#fields.get(name);
    if (known) return known;
    const fields = new Map((this.facts.message(name)?.fields ?? []).map((field) => [field[3], field]));
    this.#fields.set(name, fields);
    return fields;
  }

  #into(made: Tree, [json, type]: Field, wire: WireField): void {
    if (json === '') { Object.assign(made, this.message(type, wire.bytes)); return; }
    if (type.startsWith('[]')) { (made[json] = (made[json] ?? []) as unknown[]); (made[json] as unknown[]).push(this.#value(type.slice(2), wire)); return; }
    if (!type.startsWith('{}')) { const value = this.#value(type, wire); if (value !== undefined) made[json] = value; return; }
    const map = (made[json] ?? {}) as Tree;
    made[json] = map;
    let [key, value]: [string, unknown] = ['', zeroOfScalar(type.slice(2))];
    for (const entry of readFields(wire.bytes)) {
      if (entry.number === 1) key = text.decode(entry.bytes);
      else if (entry.number === 2) value = this.#value(type.slice(2), entry);
    }
    setOwn(map, key, value);
  }

  /** Undefined for a time that is none. */
  #value(type: FieldType, { int, bytes }: WireField): unknown {
    switch (type) {
      case 'int32': case 'int64': return Number(int);
      case 'bool': return int !== 0n;
      case 'double': return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
      case 'string': return text.decode(bytes);
      case 'Bytes': return base64(bytes);
      case 'Quantity': return text.decode(fieldOf(bytes, 1)?.bytes ?? none) || '0';
      case 'IntOrString': return fieldOf(bytes, 1)?.int === 1n ? text.decode(fieldOf(bytes, 3)?.bytes ?? none) : Number(fieldOf(bytes, 2)?.int ?? 0n);
      case 'Time': case 'MicroTime': return timeOf(bytes, type);
      case 'Duration': return durationText(fieldOf(bytes, 1)?.int ?? 0n);
      case 'Raw': case 'FieldsV1': case 'Json': return JSON.parse(text.decode(fieldOf(bytes, 1)?.bytes ?? utf8.encode('null'))) as unknown;
      default:
        if (type.startsWith('[]')) return Array.from(readFields(bytes), (field) => this.#value(type.slice(2), field));
        return this.facts.enum(type) ? text.decode(bytes) : { ...inside[type], ...this.message(type, bytes) };
    }
  }
}

class Encoder {
  constructor(private readonly facts: Facts) {}

  message(name: string, value: Tree): Uint8Array {
    const writer = new WireWriter();
    for (const field of [...this.facts.message(name)?.fields ?? []].sort((a, b) => a[3] - b[3])) this.#field(writer, field, value);
    return writer.done();
  }

  #field(writer: WireWriter, [json, type, flags, number]: Field, from: Tree): void {
    const isPointer = flags.includes('p');
    if (json === '') {
      const parts = this.facts.fields(type).map(([part]) => part);
      if (!isPointer || parts.some((part) => from[part] !== undefined)) writer.bytes(number, this.message(type, from));
      return;
    }
    const value = Object.hasOwn(from, json) ? from[json] ?? undefined : undefined;
    if (type.startsWith('[]')) { for (const item of (value ?? []) as readonly unknown[]) this.#value(writer, type.slice(2), number, item); return; }
    if (type.startsWith('{}')) {
      for (const key of Object.keys((value ?? {}) as Tree).sort(byBytes)) {
        const entry = new WireWriter();
        entry.bytes(1, utf8.encode(key));
        this.#value(entry, type.slice(2), 2, (value as Tree)[key]);
        writer.bytes(number, entry.done());
      }
      return;
    }
    // What Go has by value is always written, what it has by pointer only when it is there.
    if (value !== undefined) this.#value(writer, type, number, value);
    else if (!isPointer && type !== 'Bytes') this.#zero(writer, type, number);
  }

  #zero(writer: WireWriter, type: FieldType, number: number): void {
    switch (type) {
      case 'int32': case 'int64': case 'bool': writer.int(number, 0n); return;
      case 'double': writer.fixed64(number, new Uint8Array(8)); return;
      case 'string': writer.bytes(number, none); return;
      case 'Time': case 'MicroTime': writer.bytes(number, none); return;
      case 'Raw': writer.bytes(number, none); return;
      case 'Quantity': case 'IntOrString': case 'Duration': this.#value(writer, type, number, type === 'IntOrString' ? 0 : type === 'Quantity' ? '0' : '0s'); return;
      default: writer.bytes(number, this.facts.enum(type) ? none : this.message(type, {}));
    }
  }

  #value(writer: WireWriter, type: FieldType, number: number, value: unknown): void {
    switch (type) {
      case 'int32': case 'int64': writer.int(number, BigInt(value as number)); return;
      case 'bool': writer.int(number, value === true ? 1n : 0n); return;
      case 'double': { const bytes = new Uint8Array(8); new DataView(bytes.buffer).setFloat64(0, value as number, true); writer.fixed64(number, bytes); return; }
      case 'string': writer.bytes(number, utf8.encode(value as string)); return;
      case 'Bytes': writer.bytes(number, fromBase64(value as string)); return;
      case 'Quantity': writer.bytes(number, message((inner) => { inner.bytes(1, utf8.encode(String(value))); })); return;
      case 'IntOrString': writer.bytes(number, message((inner) => {
        inner.int(1, typeof value === 'string' ? 1n : 0n);
        inner.int(2, typeof value === 'number' ? BigInt(value) : 0n);
        inner.bytes(3, utf8.encode(typeof value === 'string' ? value : ''));
      })); return;
      case 'Time': case 'MicroTime': writer.bytes(number, timeBytes(value as string)); return;
      case 'Duration': writer.bytes(number, message((inner) => { inner.int(1, nanosOf(value as string)); })); return;
      case 'Raw': case 'FieldsV1': case 'Json': writer.bytes(number, message((inner) => { inner.bytes(1, utf8.encode(JSON.stringify(value))); })); return;
      default:
        if (type.startsWith('[]')) writer.bytes(number, message((inner) => { for (const item of value as readonly unknown[]) this.#value(inner, type.slice(2), 1, item); }));
        else writer.bytes(number, this.facts.enum(type) ? utf8.encode(value as string) : this.message(type, value as Tree));
    }
  }
}

function message(fill: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter();
  fill(writer);
  return writer.done();
}

function fieldOf(bytes: Uint8Array, number: number): WireField | undefined {
  let found: WireField | undefined;
  for (const field of readFields(bytes)) if (field.number === number) found = field;
  return found;
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}

/** What stands in a map where its value was not written. */
function zeroOfScalar(type: FieldType): unknown {
  switch (type) {
    case 'int32': case 'int64': return 0;
    case 'bool': return false;
    case 'Quantity': return '0';
    case 'string': case 'Bytes': return '';
    default: return {};
  }
}

function byBytes(a: string, b: string): number {
  const [one, other] = [utf8.encode(a), utf8.encode(b)];
  for (let i = 0; i < Math.min(one.length, other.length); i++) if (one[i] !== other[i]) return (one[i] ?? 0) - (other[i] ?? 0);
  return one.length - other.length;
}

function timeOf(bytes: Uint8Array, type: 'Time' | 'MicroTime'): string | undefined {
  const [seconds, nanos] = [fieldOf(bytes, 1)?.int ?? 0n, fieldOf(bytes, 2)?.int ?? 0n];
  if (seconds === 0n && nanos === 0n) return undefined;
  const whole = timestamp(Number(seconds) * 1_000);
  return type === 'Time' ? whole : `${whole.slice(0, -1)}.${String(nanos / 1_000n).padStart(6, '0')}Z`;
}

function timeBytes(value: string): Uint8Array {
  const micros = /\.(\d{1,9})/.exec(value)?.[1] ?? '';
  return message((writer) => {
    writer.int(1, BigInt(Math.floor(parseTimestamp(value) / 1_000)));
    writer.int(2, BigInt(micros.padEnd(9, '0') || '0'));
  });
}

const units: readonly (readonly [string, bigint])[] = [['h', 3_600_000_000_000n], ['m', 60_000_000_000n], ['s', 1_000_000_000n]];

/** Go's text of a duration, in whole seconds and parts of one. */
function durationText(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  const size = nanos < 0n ? -nanos : nanos;
  const [hours, minutes] = [size / 3_600_000_000_000n, (size / 60_000_000_000n) % 60n];
  const seconds = Number(size % 60_000_000_000n) / 1e9;
  return `${nanos < 0n ? '-' : ''}${hours > 0n ? `${hours.toString()}h` : ''}${hours > 0n || minutes > 0n ? `${minutes.toString()}m` : ''}${String(seconds)}s`;
}

function nanosOf(duration: string): bigint {
  let nanos = 0n;
  for (const [, amount = '0', unit] of duration.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)) nanos += BigInt(Math.round(Number(amount) * Number(units.find(([name]) => name === unit)?.[1] ?? 0n)));
  return duration.startsWith('-') ? -nanos : nanos;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(value: string): Uint8Array {
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}
