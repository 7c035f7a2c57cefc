import { definition, type AnyKind } from '../../resource/kind.js';
import { foregroundFinalizer, orphanFinalizer } from '../../resource/metadata.js';
import type { KubeObject } from '../../resource/object.js';
import { parseTimestamp, timestamp } from '../../runtime/clock.js';
import type { DeleteParams } from '../api.js';
import type { MutableObject, Strategy } from '../plugs.js';
import { thaw } from './thaw.js';

/** What a delete does to an object. `object` of 'mark' is not frozen yet. */
export type DeletePlan =
  | { readonly type: 'remove' }
  | { readonly type: 'mark'; readonly object: MutableObject }
  | { readonly type: 'same' };

export interface DeleteRequest {
  readonly kind: AnyKind;
  readonly strategy: Strategy;
  readonly old: KubeObject;
  readonly params: DeleteParams;
  readonly wallMs: number;
}

/** Pure. Rules: A57, A58, A60, A61. */
export function planDelete(request: DeleteRequest): DeletePlan {
  const { strategy, old } = request;
  const graceful = strategy.gracePeriodSeconds?.(old, request.params.gracePeriodSeconds);
  const terminating = old.metadata.deletionTimestamp !== undefined;
  const finalizers = terminating ? (old.metadata.finalizers ?? []) : propagated(request);
  const grace = graceful ?? 0;
  if (terminating) return shorten(request, grace);
  const held = finalizers.length > 0 || (strategy.holdsDeletion?.(old) ?? false);
  if (!held && grace === 0) return { type: 'remove' };
  return { type: 'mark', object: marked(request, finalizers, grace) };
}

/** A later delete can only bring the end nearer (A60). */
function shorten(request: DeleteRequest, grace: number): DeletePlan {
  const { strategy, old, wallMs } = request;
  const { deletionTimestamp = '', deletionGracePeriodSeconds: before = 0, finalizers = [] } = old.metadata;
  const held = finalizers.length > 0 || (strategy.holdsDeletion?.(old) ?? false);
  if (grace === 0 && !held) return { type: 'remove' };
  if (grace >= before) return { type: 'same' };
  const began = parseTimestamp(deletionTimestamp) - before * 1_000;
  // Never in the past; 1 while something was asked for, since 0 would be a delete by force.
  const left = grace === 0 ? 0 : Math.max(1, grace);
  const end = Math.max(began + left * 1_000, wallMs);
  const object = shallow(old);
  object.metadata['deletionTimestamp'] = timestamp(end);
  object.metadata['deletionGracePeriodSeconds'] = left;
  return { type: 'mark', object };
}

function marked({ kind, strategy, old, wallMs }: DeleteRequest, finalizers: readonly string[], grace: number): MutableObject {
  const object = strategy.prepareForDelete ? thaw(old) : shallow(old);
  const { metadata } = object;
  metadata['deletionTimestamp'] = timestamp(wallMs + grace * 1_000);
  metadata['deletionGracePeriodSeconds'] = grace;
  if (finalizers.length > 0) metadata['finalizers'] = finalizers;
  else delete metadata['finalizers'];
  if (kind[definition].hasGeneration) metadata['generation'] = (old.metadata.generation ?? 0) + 1;
  strategy.prepareForDelete?.(object);
  return object;
}

/** The finalizers after the policy had its say (A61). */
function propagated({ strategy, old, params }: DeleteRequest): readonly string[] {
  const present = old.metadata.finalizers ?? [];
  const policy = params.propagationPolicy ?? (present.some(isPropagation) ? undefined : strategy.defaultPropagation);
  if (policy === undefined) return present;
  const others = present.filter((finalizer) => !isPropagation(finalizer));
  switch (policy) {
    case 'Orphan': return [...others, orphanFinalizer];
    case 'Foreground': return [...others, foregroundFinalizer];
    default: return others;
  }
}

function isPropagation(finalizer: string): boolean {
  return finalizer === orphanFinalizer || finalizer === foregroundFinalizer;
}

/** Everything below the top levels stays shared with the stored object. */
function shallow(old: KubeObject): MutableObject {
  return { ...old, metadata: { ...old.metadata } } as MutableObject; // a namespace that is undefined stays so
}
