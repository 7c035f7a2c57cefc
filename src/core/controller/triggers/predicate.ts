import { equal } from '../../resource/json/equal.js';
import type { Delta } from '../../client/delta.js';
import type { KubeObject } from '../../resource/object.js';

/** Whether a change is worth a run. Added and deleted objects always pass the built-in ones. Rules: R7, R8. */
export interface Predicate<in T> {
  (delta: Delta<T>): boolean;
}

/** The spec changed; for kinds without a generation: anything did (R8). */
export const generationChanged: Predicate<KubeObject> = (delta) => changed(delta, (o) => o.metadata.generation ?? o.metadata.resourceVersion);
export const labelsChanged: Predicate<KubeObject> = (delta) => changed(delta, (o) => o.metadata.labels);
export const annotationsChanged: Predicate<KubeObject> = (delta) => changed(delta, (o) => o.metadata.annotations);
export const resourceVersionChanged: Predicate<KubeObject> = (delta) => changed(delta, (o) => o.metadata.resourceVersion);

export function or<T>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return (delta) => predicates.some((p) => p(delta));
}
export function and<T>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return (delta) => predicates.every((p) => p(delta));
}
export function not<T>(predicate: Predicate<T>): Predicate<T> {
  return (delta) => !predicate(delta);
}

/** For a controller's own kind: generation, labels, annotations, finalizers or deletionTimestamp changed (R7). */
export const primaryChanged: Predicate<KubeObject> = or(
  generationChanged, labelsChanged, annotationsChanged,
  (delta) => changed(delta, (o) => o.metadata.finalizers),
  (delta) => changed(delta, (o) => o.metadata.deletionTimestamp),
);

function changed(delta: Delta<KubeObject>, part: (object: KubeObject) => unknown): boolean {
  return delta.type !== 'updated' || !equal(part(delta.old), part(delta.new));
}
