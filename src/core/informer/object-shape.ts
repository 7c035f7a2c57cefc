import { deepFreeze } from '../resource/json/deep-freeze.js';
import type { KubeObject } from '../resource/object.js';
import { SetpointError } from '../runtime/errors.js';

/** What a cache keeps of an object. May throw. */
export type Shape<T> = (object: KubeObject) => T;

/**
 * Metadata only where asked for, then the user's transform, then frozen to the bottom. In process objects come
 * frozen, so that without a transform the very same instance is kept (I23). Rules: I23, I26, I27.
 */
export function shapeOf<T extends KubeObject>(o: { readonly metadataOnly?: boolean; readonly transform?: ((object: T) => T) | undefined }): Shape<T> {
  const { transform } = o;
  // The api gives objects of the kind asked for; what is left out by metadataOnly is optional in KubeObject.
  const typed = (object: KubeObject) => (o.metadataOnly === true ? { apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata } : object) as T;
  if (!transform) return (object) => deepFreeze(typed(object));
  return (object) => {
    const made = transform(deepFreeze(typed(object)));
    mustKeep(object, made);
    return deepFreeze(made);
  };
}

function mustKeep(before: KubeObject, after: KubeObject): void {
  const lost = (['name', 'namespace', 'uid', 'resourceVersion'] as const).find((field) => before.metadata[field] !== after.metadata[field]);
  if (lost !== undefined || before.kind !== after.kind || before.apiVersion !== after.apiVersion) {
    throw new SetpointError('TransformFailed', `a transform must keep apiVersion, kind and metadata.name, namespace, uid and resourceVersion; it changed ${lost ?? 'the kind'}`);
  }
}
