import type { AnyKind } from '../resource/kind.js';
import type { Ref } from '../resource/object.js';
import { SetpointError } from '../runtime/errors.js';

export interface ObjectAddress {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Where a reference points: a bare name lies in the `namespace` at hand. @throws SetpointError `InvalidRef` */
export function refAddress(kind: AnyKind, ref: Ref, namespace: string): ObjectAddress {
  const { namespace: given, name } = parts(kind, ref);
  if (typeof name !== 'string' || name === '') throw new SetpointError('InvalidRef', `a reference to a ${kind.kind} has no name`, { hint: "give a name, 'namespace/name', or an object" });
  return { namespace: kind.namespaced ? (given ?? namespace) : undefined, name };
}

function parts(kind: AnyKind, ref: Ref): { readonly namespace?: string | undefined; readonly name: string } {
  if (typeof ref !== 'string') return 'metadata' in ref ? ref.metadata : ref;
  const slash = ref.indexOf('/');
  if (slash < 0 || !kind.namespaced) return { name: ref };
  return { namespace: ref.slice(0, slash), name: ref.slice(slash + 1) };
}
