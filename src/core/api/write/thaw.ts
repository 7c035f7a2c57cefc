import type { KubeObject } from '../../resource/object.js';
import { setMember } from '../patch/json-object.js';
import type { MutableObject } from '../plugs.js';

/** A copy that may be changed at every depth; of stored objects only, which are known to be plain JSON. */
export function thaw(object: KubeObject): MutableObject {
  return copy(object) as MutableObject; // a copy has the shape of its original
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const made: { [name: string]: unknown } = {};
  for (const [name, field] of Object.entries(value)) setMember(made, name, copy(field));
  return made;
}
