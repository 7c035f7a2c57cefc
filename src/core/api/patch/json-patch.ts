import { isJsonObject, withMember, withoutMember, type JsonObject } from './json-object.js';
import { equal } from '../../resource/json/equal.js';
import { PatchError } from './patch-error.js';

/** More operations than this are refused (A42). */
export const maxOperations = 10_000;
/** What all `copy` operations of one patch may duplicate, in bytes of JSON (A42). */
export const maxCopiedBytes = 3_145_728;

/**
 * A JSON patch (RFC 6902). All or nothing: the result is a new value that shares what did not change with `target`, and
 * an error leaves nothing behind. Array indexes below zero count from the end, and what is no operation at all cannot be
 * applied, as with the reference's library.
 *
 * Rules: A42, A44.
 * @throws {PatchError} `PatchMalformed` (400), `PatchTooLarge` (413) or `PatchNotApplicable` (422).
 */
export function applyJsonPatch(target: unknown, ops: unknown): unknown {
  if (!Array.isArray(ops)) throw new PatchError('PatchMalformed', 'a JSON patch must be an array of operations');
  if (ops.length > maxOperations) {
    throw new PatchError('PatchTooLarge', `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${ops.length}`);
  }
  const operations = ops.map(parse);
  let value = target;
  let copied = 0;
  for (const op of operations) {
    if (op.op === 'copy') {
      copied += Buffer.byteLength(JSON.stringify(readOptional(value, op.from, 'copy') ?? null));
      if (copied > maxCopiedBytes) throw cannot(`the copies of this patch are larger than ${maxCopiedBytes} bytes`);
    }
    value = perform(value, op);
  }
  return value;
}

type Path = readonly string[];
type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: Path }
  | { readonly op: 'move' | 'copy'; readonly path: Path; readonly from: Path };

function parse(raw: unknown, index: number): Operation {
  const malformed = (why: string) => new PatchError('PatchMalformed', `operation ${index} of the JSON patch ${why}`);
  if (!isJsonObject(raw)) throw malformed('is no JSON object');
  const pointer = (name: 'path' | 'from'): Path => {
    const text = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (typeof text !== 'string') throw useless(`has no ${name}`);
    // What stands before the first slash says nothing; without a slash nothing is named.
    if (text !== '' && !text.includes('/')) throw useless(`has the ${name} ${JSON.stringify(text)}, which does not start with a slash`);
    return text.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  };
  const useless = (why: string) => cannot(`operation ${index} of the JSON patch ${why}`);
  const { op } = raw;
  switch (op) {
    // A value that is left out is null.
    case 'add': case 'replace': case 'test': return { op, path: pointer('path'), value: (Object.hasOwn(raw, 'value') ? raw['value'] : undefined) ?? null };
    case 'remove': return { op, path: pointer('path') };
    case 'move': case 'copy': return { op, path: pointer('path'), from: pointer('from') };
    default: throw useless(`has the unknown op ${JSON.stringify(op ?? null)}`);
  }
}

function perform(root: unknown, op: Operation): unknown {
  switch (op.op) {
    case 'add': return edit(root, op.path, { type: 'add', value: op.value });
    case 'replace': return edit(root, op.path, { type: 'replace', value: op.value });
    case 'remove': return edit(root, op.path, { type: 'remove' });
    case 'test': {
      // The reference takes a missing member as null here.
      const found = op.path.length === 0 ? root : readOptional(root, op.path, 'test');
      if (!equal(found ?? null, op.value)) throw cannot(`testing value ${show(op.path)} failed`);
      return root;
    }
    case 'move': {
      if (op.path.length > op.from.length && op.from.every((part, i) => part === op.path[i])) throw cannot(`${show(op.from)} cannot be moved into itself`);
      const value = read(root, op.from, 'move');
      return edit(edit(root, op.from, { type: 'remove' }), op.path, { type: 'add', value });
    }
    // As the reference has it, a missing member is copied as null.
    case 'copy': return edit(root, op.path, { type: 'add', value: readOptional(root, op.from, 'copy') ?? null });
  }
}

type Change = { readonly type: 'add' | 'replace'; readonly value: unknown } | { readonly type: 'remove' };

/** Copies only the objects on the way to the change. */
function edit(root: unknown, path: Path, change: Change): unknown {
  const step = (node: unknown, depth: number): unknown => {
    if (depth === path.length) {
      if (change.type === 'remove' || (depth === 0 && change.type === 'add')) throw cannot(`the whole document cannot be the place of ${change.type}`);
      if (depth === 0 && (typeof change.value !== 'object' || change.value === null)) throw cannot('the whole document can be replaced by an object or an array alone');
      return change.value;
    }
    const part = path[depth] as string; // depth is below the length
    const last = depth === path.length - 1;
    if (Array.isArray(node)) return editItem(node, part, last, change, path, (child) => step(child, depth + 1));
    if (!isJsonObject(node)) throw missing(path, change.type);
    // As the reference has it, replacing a missing member adds it.
    if ((!last || change.type === 'remove') && !Object.hasOwn(node, part)) throw missing(path, change.type);
    if (last && change.type === 'remove') return withoutMember(node, part);
    return withMember(node, part, step(own(node, part), depth + 1));
  };
  return step(root, 0);
}

function editItem(list: readonly unknown[], part: string, last: boolean, change: Change, path: Path, descend: (child: unknown) => unknown): unknown {
  if (last && change.type === 'add') {
    if (part === '-') return [...list, change.value];
    const at = indexIn(part, list.length + 1, path);
    return [...list.slice(0, at), change.value, ...list.slice(at)];
  }
  const at = indexIn(part, list.length, path);
  if (last && change.type === 'remove') return [...list.slice(0, at), ...list.slice(at + 1)];
  return list.map((item, i) => (i === at ? descend(item) : item));
}

/** Where `part` points in an array of which `size` positions may be named. */
function indexIn(part: string, size: number, path: Path): number {
  if (!/^[+-]?\d{1,15}$/.test(part)) throw cannot(`${show(path)}: ${JSON.stringify(part)} is no array index`);
  const asked = Number(part);
  const index = asked < 0 ? asked + size : asked;
  if (index < 0 || index >= size) throw cannot(`${show(path)}: index ${part} is out of bounds`);
  return index;
}

function read(root: unknown, path: Path, op: string): unknown {
  let node = root;
  for (const part of path) {
    if (Array.isArray(node)) node = node[indexIn(part, node.length, path)];
    else if (isJsonObject(node) && Object.hasOwn(node, part)) node = node[part];
    else throw missing(path, op);
  }
  return node;
}

/** As `read`, but a last part that is absent from its object reads as undefined. */
function readOptional(root: unknown, path: Path, op: string): unknown {
  if (path.length === 0) throw missing(path, op);
  const parent = read(root, path.slice(0, -1), op);
  return isJsonObject(parent) ? own(parent, path.at(-1) ?? '') : read(root, path, op);
}

function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function cannot(why: string): PatchError {
  return new PatchError('PatchNotApplicable', why);
}

function missing(path: Path, op: string): PatchError {
  return cannot(`${op} operation does not apply: ${show(path)} does not exist`);
}

function show(path: Path): string {
  return path.length === 0 ? 'the whole document' : `/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
}
