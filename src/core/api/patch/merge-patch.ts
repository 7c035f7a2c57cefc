import { isJsonObject, member, setMember } from './json-object.js';
import { PatchError } from './patch-error.js';

/**
 * A JSON merge patch (RFC 7386): null deletes, objects merge, arrays and scalars replace. The result shares what did
 * not change with `target` (the same reference when nothing did); neither argument is changed. Members of the patch
 * that are undefined count as absent.
 *
 * Rules: A43, A44.
 * @throws {PatchError} `PatchMalformed` when the patch is no JSON object.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) throw new PatchError('PatchMalformed', `a merge patch must be a JSON object, got ${patch === null ? 'null' : Array.isArray(patch) ? 'an array' : typeof patch}`);
  return merge(target, patch);
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const base = isJsonObject(target) ? target : {};
  let next: { [key: string]: unknown } | undefined;
  const removed = new Set<string>();
  for (const key of Object.keys(patch)) {
    const change = patch[key];
    const before = member(base, key);
    if (change === undefined) continue;
    if (change === null) {
      if (Object.hasOwn(base, key)) removed.add(key);
      continue;
    }
    const after = merge(before, change);
    if (after === before) continue;
    next ??= { ...base };
    setMember(next, key, after);
  }
  if (removed.size > 0) {
    const kept: { [key: string]: unknown } = {};
    const all = next ?? base;
    for (const key of Object.keys(all)) if (!removed.has(key)) setMember(kept, key, all[key]);
    return kept;
  }
  // A patch of an absent or scalar member makes an object even when it sets nothing.
  return next ?? (base === target ? target : {});
}
