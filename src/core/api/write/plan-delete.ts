import type { AnyKind } from '../../resource/kind.js';
import { equal } from '../../resource/json/equal.js';
import { foregroundFinalizer, orphanFinalizer } from '../../resource/metadata.js';
import type { KubeObject } from '../../resource/object.js';
import { parseTimestamp, timestamp } from '../../runtime/clock.js';
import type { DeleteParams } from '../api.js';
import type { MutableObject, Strategy } from '../plugs.js';
import { thaw } from './thaw.js';

/** What a delete does to an object. `object` of 'mark' is not frozen yet; `thenRemove`: marked, it goes at once. */
export type DeletePlan =
  | { readonly type: 'remove' }
  | { readonly type: 'mark'; readonly object: MutableObject; readonly thenRemove: boolean }
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
  const { deletionTimestamp, deletionGracePeriodSeconds: before = 0 } = old.metadata;
  // Once its grace is over, an object of a kind with grace is as good as one without.
  if (strategy.gracePeriodSeconds === undefined || (deletionTimestamp !== undefined && before === 0)) return withoutGrace(request);
  const finalizers = propagated(request);
  if (deletionTimestamp !== undefined) return shortened(request, finalizers, before);
  const grace = strategy.gracePeriodSeconds(old, request.params.gracePeriodSeconds) ?? 0;
  return { type: 'mark', object: marked(request, finalizers, grace), thenRemove: grace === 0 && !isHeld(request, finalizers) };
}

function withoutGrace(request: DeleteRequest): DeletePlan {
  const { old, wallMs } = request;
  const { deletionTimestamp, finalizers: before = [] } = old.metadata;
  const finalizers = propagated(request);
  if (!isHeld(request, finalizers)) return { type: 'remove' };
  if (deletionTimestamp === undefined) return { type: 'mark', object: marked(request, finalizers, 0), thenRemove: false };
  if (equal(finalizers, before) && parseTimestamp(deletionTimestamp) <= wallMs) return { type: 'same' };
  const object = shallow(old);
  setFinalizers(object, finalizers);
  if (parseTimestamp(deletionTimestamp) > wallMs) object.metadata['deletionTimestamp'] = timestamp(wallMs);
  return { type: 'mark', object, thenRemove: false };
}

/** A later delete can only bring the end nearer, and only when it asks for it (A60). */
function shortened(request: DeleteRequest, finalizers: readonly string[], before: number): DeletePlan {
  const { old, params, wallMs } = request;
  const asked = params.gracePeriodSeconds === undefined || params.gracePeriodSeconds >= 0 ? params.gracePeriodSeconds : 1;
  if (asked === undefined || asked >= before) return { type: 'same' };
  const end = parseTimestamp(old.metadata.deletionTimestamp ?? '') + (asked - before) * 1_000;
  const isOver = end < wallMs;
  const object = shallow(old);
  setFinalizers(object, finalizers);
  // Never in the past; 1 while something was asked for, since 0 would be a delete by force.
  object.metadata['deletionTimestamp'] = timestamp(isOver ? wallMs : end);
  object.metadata['deletionGracePeriodSeconds'] = isOver && asked !== 0 ? 1 : asked;
  return { type: 'mark', object, thenRemove: asked === 0 && !isHeld(request, finalizers) };
}

function marked({ strategy, old, wallMs }: DeleteRequest, finalizers: readonly string[], grace: number): MutableObject {
  const object = strategy.prepareForDelete ? thaw(old) : shallow(old);
  const { metadata } = object;
  metadata['deletionTimestamp'] = timestamp(wallMs + grace * 1_000);
  metadata['deletionGracePeriodSeconds'] = grace;
  setFinalizers(object, finalizers);
  const { generation } = old.metadata;
  // Where the kind counts none, it is absent.
  if (generation > 0) metadata['generation'] = generation + 1;
  strategy.prepareForDelete?.(object);
  return object;
}

function setFinalizers({ metadata }: MutableObject, finalizers: readonly string[]): void {
  if (finalizers.length > 0) metadata['finalizers'] = finalizers;
  else delete metadata['finalizers'];
}

function isHeld({ strategy, old }: DeleteRequest, finalizers: readonly string[]): boolean {
  return finalizers.length > 0 || (strategy.holdsDeletion?.(old) ?? false);
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
