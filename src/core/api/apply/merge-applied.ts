import { isJsonObject, member, setMember, type JsonObject } from '../patch/json-object.js';
import { equal } from '../../resource/json/equal.js';
import type { PathElement } from './path-element.js';
import { asAssociativeList, asGranularMap, byElement, fieldTopology, itemElement, type Topology } from './topology.js';

/** The live value with the applied one laid over it: nothing is removed. Shares with `live` what does not change. */
export function mergeApplied(schema: Topology, live: unknown, applied: unknown): unknown {
  if (applied === undefined || applied === live) return live;
  const newMap = asGranularMap(schema, applied);
  const oldMap = asGranularMap(schema, live);
  if (newMap && (oldMap || live === undefined || live === null)) {
    return oldMap === undefined || Object.keys(newMap).length > 0 ? mergeMaps(schema, live, oldMap, newMap) : live;
  }
  const newList = asAssociativeList(schema, applied);
  const oldList = asAssociativeList(schema, live);
  if (newList && oldList && newList.length + oldList.length > 0) return mergeLists(schema, oldList, newList);
  // null for a container states nothing.
  if (applied === null && (oldMap || oldList)) return live;
  return equal(live, applied) ? live : clean(applied);
}

function mergeMaps(schema: Topology, live: unknown, before: JsonObject | undefined, applied: JsonObject): unknown {
  let next: { [key: string]: unknown } | undefined;
  for (const key of Object.keys(applied)) {
    const old = before ? member(before, key) : undefined;
    const merged = mergeApplied(fieldTopology(schema, key), old, applied[key]);
    if (merged === old) continue;
    next ??= { ...before };
    setMember(next, key, merged);
  }
  return next ?? (before ? live : {});
}

/**
 * Items that both have are merged in the order of the applied list; the others keep their place between them.
 * Several live items with one address become one when it is applied (A51).
 */
function mergeLists(schema: Topology, live: readonly unknown[], applied: readonly unknown[]): readonly unknown[] {
  const wanted = byElement(schema, applied);
  const present = byElement(schema, live);
  const order = [...wanted.keys()];
  const shared = order.filter((element) => present.has(element));
  const out: unknown[] = [];
  const done = new Set<PathElement>();
  const take = (element: PathElement) => {
    const olds = present.get(element);
    // Of several live items none is the base: which one was meant is unknown.
    out.push(mergeApplied(schema?.items, olds?.length === 1 ? olds[0] : undefined, wanted.get(element)?.[0]));
    done.add(element);
    if (shared[0] === element) shared.shift();
  };
  let right = 0;
  for (const item of live) {
    const element = itemElement(schema, item);
    if (element === undefined || !wanted.has(element)) { out.push(item); continue; }
    if (done.has(element) || shared[0] !== element) continue;
    // Before a shared item come the new ones that the applied list has before it.
    while (right < order.length && order[right] !== element) {
      const next = order[right++] as PathElement; // below the length
      if (!done.has(next)) take(next);
    }
    right++;
    take(element);
  }
  for (const element of order) if (!done.has(element)) take(element);
  return out.length === live.length && out.every((item, i) => item === live[i]) ? live : out;
}

/** A value as JSON has it: members that are undefined are left out. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (!isJsonObject(value)) return value;
  const out: { [key: string]: unknown } = {};
  for (const key of Object.keys(value)) if (value[key] !== undefined) setMember(out, key, clean(value[key]));
  return out;
}
