import { canonical } from '../../../src/core/resource/json/canonical.js';
import { knownDifference } from './known.js';
import type { Answer, Trace } from './program.js';

/** A trace that can be compared with another's. */
export interface NormalisedTrace {
  readonly answers: readonly unknown[];
  readonly events: unknown;
}

/** A place where two traces differ. */
export interface Difference {
  readonly path: string;
  readonly upstream: unknown;
  readonly ours: unknown;
}

/**
 * A trace without what no two servers have alike: uids and resource versions become numbers in the order in which they
 * were first seen, times become one word, and random suffixes of names another.
 */
export function normalised({ answers, events }: Trace): NormalisedTrace {
  const seen = { uid: new Map<string, string>(), rv: new Map<string, string>() };
  const number = (kind: 'uid' | 'rv', value: string) => {
    const known = seen[kind].get(value) ?? `${kind}-${String(seen[kind].size + 1)}`;
    seen[kind].set(value, known);
    return known;
  };
  const text = (value: string) => {
    let result = value;
    for (const [uid, name] of seen.uid) result = result.replaceAll(uid, name);
    // What upstream prints of two Go structs, with where they differ.
    result = result.replace(/(allow it to be set to 1 if it was previously negative\))\n.*$/s, '$1');
    // Upstream's cache tells keys without the prefix, its store with it.
    result = result.replace('Key: /registry/', 'Key: /');
    result = result.replace(/(the ResourceVersion in the precondition \()\d+(\) does not match the ResourceVersion in record \()\d+/, '$1N$2N');
    return result.replace(/(Too large resource version: )\d+(, current: )\d+/, '$1N$2N');
  };
  const walk = (value: unknown, path: readonly string[]): unknown => {
    const key = path.at(-1);
    if (typeof value === 'string') {
      const inMetadata = path.at(-2) === 'metadata';
      if (key === 'uid' && value !== '') return number('uid', value);
      if (key === 'resourceVersion' && inMetadata) return number('rv', value);
      if (isTime(value)) return 'time';
      if (key === 'name' || key === 'message') return text(value).replace(/\b(gen|Web)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-?????');
      return text(value);
    }
    // Upstream has real times, so that entries of managedFields come in another order when a second passes.
    if (key === 'managedFields' && Array.isArray(value)) return inOrder(value).map((one: unknown, i) => walk(one, [...path, String(i)]));
    if (Array.isArray(value)) return value.map((one: unknown, i) => walk(one, [...path, String(i)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(withoutCauseOrder(value)).sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([name, one]) => one !== undefined && !isEmptyMetadata(name, one)).map(([name, one]) => [name, walk(one, [...path, name])]));
  };
  const all = () => ({ answers: answers.map((answer, i) => walk(shown(answer), [String(i)])), events: walk(events, ['events']) });
  // Once to see the uids, since labels may tell one before its own place does.
  all();
  return all();
}

/** A list's own version is that of the whole store, which others write to as well. */
function shown(answer: Answer): unknown {
  if (answer.type !== 'list') return answer;
  const { metadata, items } = answer.list as { readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number }; readonly items: readonly object[] };
  return {
    type: 'list', more: metadata.continue !== undefined && metadata.continue !== '', remaining: metadata.remainingItemCount,
    // Items of a list carry no kind of their own over HTTP (A22).
    items: items.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })),
  };
}

/** Upstream goes through labels and annotations in the random order of Go's maps: several causes come in any order, in a Status and in its message. */
function withoutCauseOrder(value: object): object {
  const { kind, message, details } = value as { readonly kind?: unknown; readonly message?: unknown; readonly details?: { readonly causes?: readonly unknown[] } };
  if (kind !== 'Status' || typeof message !== 'string' || !details?.causes || details.causes.length < 2) return value;
  // Upstream repeats in its causes, but not in its message, what two of its checks found (A6).
  const causes = Object.entries(Object.fromEntries(details.causes.map((cause) => [canonical(cause), cause]))).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
  if (causes.length < 2) return { ...value, details: { ...details, causes } };
  return { ...value, message: message.replace(/ is invalid: \[.*\]$/s, ' is invalid: [causes]'), details: { ...details, causes } };
}

function inOrder(entries: readonly unknown[]): readonly unknown[] {
  const id = (entry: unknown) => { const { operation, manager, subresource } = entry as { readonly [field: string]: string | undefined }; return JSON.stringify([operation, manager, subresource]); };
  return [...entries].sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

function isTime(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value);
}

/** A Status has `metadata: {}` or none, depending on who made it. */
function isEmptyMetadata(name: string, value: unknown): boolean {
  return name === 'metadata' && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Where two traces differ, and by which rules some answers may. */
export function compareTraces(upstream: NormalisedTrace, ours: NormalisedTrace): { readonly differences: readonly Difference[]; readonly known: readonly string[] } {
  const known = upstream.answers.map((answer, i) => (differences(answer, ours.answers[i], '').length === 0 ? undefined : knownDifference(answer, ours.answers[i])));
  const found = differences(upstream, ours, '').filter(({ path }) => {
    const step = /^\.answers\[(\d+)\]/.exec(path)?.[1];
    return step === undefined || known[Number(step)] === undefined;
  });
  return { differences: found, known: known.filter((id) => id !== undefined) };
}

function differences(upstream: unknown, ours: unknown, path: string): readonly Difference[] {
  if (Object.is(upstream, ours)) return [];
  if (Array.isArray(upstream) && Array.isArray(ours)) {
    const length = Math.max(upstream.length, ours.length);
    return Array.from({ length }, (_, i) => differences(upstream[i], ours[i], `${path}[${String(i)}]`)).flat();
  }
  if (isObject(upstream) && isObject(ours)) {
    return [...new Set([...Object.keys(upstream), ...Object.keys(ours)])].flatMap((key) => differences(upstream[key], ours[key], `${path}.${key}`));
  }
  return [{ path, upstream, ours }];
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
