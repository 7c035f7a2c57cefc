import { SetpointError } from '../../runtime/errors.js';

/** Limits of one object, in process and over HTTP alike (A85, B3). */
export const jsonLimits = Object.freeze({ sizeBytes: 3_145_728, depth: 512 });

/** What made a value unfit: where the API answers 413 for the size, and 400 for the rest. */
export type JsonFault = 'depth' | 'size' | 'value';

/** A value that is no JSON, or too much of it. Rules: B3, B5, B7–B12 */
export class InvalidJson extends SetpointError {
  readonly fault: JsonFault;
  /** `spec.items[3]`; '' for the whole value. */
  readonly path: string;

  constructor(fault: JsonFault, path: string, why: string, cause?: unknown) {
    super('InvalidJson', path === '' ? why : `${path}: ${why}`, cause === undefined ? {} : { cause });
    this.fault = fault;
    this.path = path;
  }
}

export interface PlainJson {
  /** A mutable deep copy: plain objects and arrays, nothing shared with what was given. */
  readonly value: unknown;
  /** Of its JSON text in UTF-8, escapes not counted. */
  readonly sizeBytes: number;
}

/**
 * Copies a value that came from outside, reading each property once, so that what was checked is what is stored.
 * Properties that are undefined are dropped, −0 becomes 0.
 * @throws InvalidJson
 */
export function plainJson(value: unknown): PlainJson {
  const copy = new Copy();
  return { value: copy.any(value, 0), sizeBytes: copy.sizeBytes };
}

class Copy {
  sizeBytes = 0;
  /** Where the copy is: names and indexes from the root. */
  private readonly steps: (string | number)[] = [];

  any(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string': return this.text(value);
      case 'number': return this.number(value);
      case 'boolean': this.add(5); return value;
      case 'object': return value === null ? this.null() : this.container(value, depth + 1);
      default: throw this.refuse('value', `a ${typeof value} is no JSON value`);
    }
  }

  private null(): null {
    this.add(4);
    return null;
  }

  private text(value: string): string {
    this.add(Buffer.byteLength(value) + 2);
    // Node 20 has it, the library of TypeScript's ES2023 has not.
    if (!(value as string & { isWellFormed(): boolean }).isWellFormed()) throw this.refuse('value', 'the text has a lone surrogate, which UTF-8 cannot carry');
    return value;
  }

  private number(value: number): number {
    if (!Number.isFinite(value)) throw this.refuse('value', `${value} is no JSON number`);
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw this.refuse('value', `the integer ${value} is beyond ±(2^53−1) and would be rounded`);
    this.add(8);
    return value === 0 ? 0 : value;
  }

  private container(value: object, depth: number): unknown {
    if (depth > jsonLimits.depth) throw this.refuse('depth', `nested deeper than ${jsonLimits.depth} levels`);
    if (Array.isArray(value)) return this.list(value as readonly unknown[], depth);
    // An object made by a class, a Date, a Map: its prototype has a prototype of its own. Other realms have other roots.
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw this.refuse('value', `a ${className(prototype)} is no JSON value`);
    return this.object(value as { readonly [name: string]: unknown }, depth);
  }

  private list(items: readonly unknown[], depth: number): unknown[] {
    const { length } = items;
    if (length > jsonLimits.sizeBytes) throw this.refuse('value', `a list of ${length} items is too long`);
    this.add(length + 2);
    const copy: unknown[] = [];
    for (let i = 0; i < length; i++) {
      this.steps.push(i);
      const item = this.read(items, i);
      if (item === undefined) throw this.refuse('value', 'a list has no gaps and no undefined items');
      copy.push(this.any(item, depth));
      this.steps.pop();
    }
    return copy;
  }

  private object(fields: { readonly [name: string]: unknown }, depth: number): object {
    const copy: { [name: string]: unknown } = {};
    this.add(2);
    for (const name of Object.keys(fields)) {
      this.steps.push(name);
      const field = this.read(fields, name);
      if (field !== undefined) {
        this.text(name);
        this.add(2);
        setOwn(copy, name, this.any(field, depth));
      }
      this.steps.pop();
    }
    return copy;
  }

  private read(from: object, name: string | number): unknown {
    try {
      return (from as { readonly [name: string | number]: unknown })[name];
    } catch (cause) {
      throw this.refuse('value', 'could not be read', cause);
    }
  }

  private add(bytes: number): void {
    this.sizeBytes += bytes;
    if (this.sizeBytes > jsonLimits.sizeBytes) throw new InvalidJson('size', '', `larger than ${jsonLimits.sizeBytes} bytes`);
  }

  private refuse(fault: JsonFault, why: string, cause?: unknown): InvalidJson {
    const steps = this.steps.slice(0, 20);
    const path = steps.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step.slice(0, 100) : `.${step.slice(0, 100)}`)).join('');
    return new InvalidJson(fault, this.steps.length > steps.length ? `${path}…` : path, why, cause);
  }
}

/** Sets a property of data under any name: assigning to `__proto__` would change the prototype instead (B13). */
export function setOwn(object: { [name: string]: unknown }, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

function className(prototype: unknown): string {
  try {
    const name = (prototype as { readonly constructor?: { readonly name?: unknown } }).constructor?.name;
    return typeof name === 'string' && name !== '' ? name : 'object of a class';
  } catch {
    return 'object of a class';
  }
}
