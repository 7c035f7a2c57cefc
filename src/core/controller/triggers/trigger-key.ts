import type { AnyKind } from '../../resource/kind.js';
import { keyOf, splitKey, type Key, type Ref } from '../../resource/object.js';
import { SetpointError } from '../../runtime/errors.js';
import { printable } from '../../runtime/printable.js';
import type { ControllerSpec } from '../spec.js';

/**
 * The key of a primary, in `namespace` for a bare name.
 * @throws SetpointError `BadKey` for anything else, and for a key outside the controller's namespaces (R5, B87)
 */
export function primaryKey({ kind, options }: ControllerSpec, ref: Ref, namespace: string | undefined): Key {
  const name = typeof ref === 'string' ? ref : typeof ref === 'object' && ref !== null && ('name' in ref ? ref.name : ref.metadata?.name);
  if (typeof name !== 'string' || name === '') throw badKey(kind, ref);
  if (!kind.namespaced) return keyOf(splitKey(keyOf(ref)).name);
  const key = keyOf(ref, namespace ?? 'default');
  const parts = key.split('/');
  if (parts.length !== 2 || parts.includes('')) throw badKey(kind, ref);
  if (options.namespaces?.includes(parts[0] ?? '') === false) throw new SetpointError('BadKey', `${key} is outside the namespaces of the controller`, { hint: `its namespaces are ${options.namespaces.join(', ')}` });
  return key;
}

function badKey(kind: AnyKind, ref: unknown): SetpointError {
  return new SetpointError('BadKey', `${printable(JSON.stringify(ref) ?? String(ref), 200)} is no key of a ${kind.kind}`, { hint: "give a name, 'namespace/name' or an object" });
}
