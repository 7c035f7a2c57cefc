import type { FieldsV1 } from '../../resource/object.js';
import { compareElements, parseElement, type PathElement } from './path-element.js';

/**
 * A set of field paths, in the form in which it is stored: a trie of path elements in canonical order. An empty node is
 * a member without members below; `.` marks a node that is a member and has some below. So no entry of managedFields
 * is ever decoded or encoded, and unchanged parts stay the same reference. The empty set is undefined.
 */
export type FieldSet = FieldsV1 | undefined;

/** A path that is in the set, with nothing below it. */
export const leaf: FieldsV1 = Object.freeze({});

/** Whether the path that leads to this node is itself in the set. */
export function isMember(node: FieldsV1): boolean {
  for (const key in node) return key === '.' || Object.hasOwn(node, '.');
  return true;
}

/** The node with itself in the set. */
export function asMember(node: FieldSet): FieldsV1 {
  if (node === undefined) return leaf;
  return isMember(node) ? node : { '.': leaf, ...node };
}

/** A node from its children; undefined when it is no member and has no children. */
export function nodeOf(member: boolean, children: Iterable<readonly [PathElement, FieldsV1]>): FieldSet {
  const sorted = [...children].sort(([a], [b]) => compareElements(a, b));
  if (sorted.length === 0) return member ? leaf : undefined;
  return Object.fromEntries(member ? [['.', leaf], ...sorted] : sorted);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  const children = new Map(childrenOf(a));
  let grown = isMember(b) && !isMember(a);
  for (const [element, below] of childrenOf(b)) {
    const mine = children.get(element);
    const both = union(mine, below) as FieldsV1; // below is not empty
    if (both === mine) continue;
    children.set(element, both);
    grown = true;
  }
  return grown ? nodeOf(isMember(a) || isMember(b), children) : a;
}

/** What is in `a` and not in `b`. Paths below one of `b` stay. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (a === undefined || b === undefined) return a;
  return filterNode(a, isMember(a) && !isMember(b), (element, below) => difference(below, childOf(b, element)));
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return a;
  return filterNode(a, isMember(a) && isMember(b), (element, below) => intersection(below, childOf(b, element)));
}

/** `a` without the paths of `b` and everything below them. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  if (a === undefined || b === undefined) return a;
  return filterNode(a, isMember(a), (element, below) => {
    const cut = childOf(b, element);
    return cut !== undefined && isMember(cut) ? undefined : without(below, cut);
  });
}

/** The set that stands under this element. */
export function childOf(node: FieldSet, element: PathElement): FieldSet {
  return node !== undefined && Object.hasOwn(node, element) ? node[element] : undefined;
}

export function* childrenOf(node: FieldsV1): Generator<readonly [PathElement, FieldsV1]> {
  for (const element of Object.keys(node)) if (element !== '.') yield [element, node[element] as FieldsV1]; // an own key
}

/** Every path of the set, the members of one node before what is below them: the order of conflict messages (A50). */
export function* pathsOf(set: FieldSet, prefix: readonly PathElement[] = []): Generator<readonly PathElement[]> {
  if (set === undefined) return;
  for (const [element, below] of childrenOf(set)) if (isMember(below)) yield [...prefix, element];
  for (const [element, below] of childrenOf(set)) yield* pathsOf(below, [...prefix, element]);
}

/** The set of these paths. */
export function setOf(...paths: readonly (readonly PathElement[])[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => union(set, path.reduceRight<FieldsV1>((below, element) => ({ [element]: below }), leaf)), undefined);
}

/** A set that came from outside in canonical form; 'undecodable' when it is none (A53). */
export function parseFieldSet(raw: unknown): FieldSet | 'undecodable' {
  const root = parseNode(raw);
  if (root === 'undecodable') return root;
  // The root itself is no path: `{}` is the empty set, and a `.` there means nothing.
  return nodeOf(false, childrenOf(root));
}

function parseNode(raw: unknown): FieldsV1 | 'undecodable' {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'undecodable';
  const children: (readonly [PathElement, FieldsV1])[] = [];
  for (const [key, value] of Object.entries(raw)) {
    if (key === '.') continue;
    const element = parseElement(key);
    const below = parseNode(value);
    if (element === undefined || below === 'undecodable') return 'undecodable';
    children.push([element, below]);
  }
  return nodeOf(Object.hasOwn(raw, '.') || children.length === 0, children) ?? leaf;
}

/** Keeps what `keep` answers; the same reference when that is everything. */
function filterNode(node: FieldsV1, member: boolean, keep: (element: PathElement, below: FieldsV1) => FieldSet): FieldSet {
  const kept: (readonly [PathElement, FieldsV1])[] = [];
  let same = member === isMember(node);
  for (const [element, below] of childrenOf(node)) {
    const rest = keep(element, below);
    if (rest !== below) same = false;
    if (rest !== undefined) kept.push([element, rest]);
  }
  if (same) return node;
  if (kept.length === 0) return member ? leaf : undefined;
  return Object.fromEntries(member ? [['.', leaf], ...kept] : kept);
}
