import type { KubeObject, ResourceVersion } from '../resource/object.js';
import type { Codec, Revision } from '../store/store.js';
import { deepFreeze } from '../resource/json/deep-freeze.js';
import { SetpointError } from '../runtime/errors.js';

/**
 * Objects as the store keeps them: JSON without its own resourceVersion, since the revision of the write is the truth
 * about that (S10). What kube-apiserver wrote in protobuf is read with `readProtobuf`. Rules: A2, A123, S8.
 */
export function objectCodec(readProtobuf?: (bytes: Uint8Array) => object): Codec<KubeObject> {
  const fromProtobuf = readProtobuf ?? (() => {
    throw new SetpointError('UnreadableValue', 'the value is in the protobuf envelope', { hint: 'give run() the option readProtobuf: protobufCodec().decode, of setpoint/kinds' });
  });
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return {
    encode: (value) => encoder.encode(JSON.stringify(unstamped(value))),
    decode(bytes, revision) {
      const value = isProtobuf(bytes) ? fromProtobuf(bytes) : JSON.parse(decoder.decode(bytes)) as unknown;
      if (!isObject(value)) throw new SetpointError('UnreadableValue', 'the value is JSON, but no object with apiVersion, kind and metadata');
      return stamp(deepFreeze(value), revision);
    },
    stamp,
  };
}

/** The same object at this revision; everything but the two top levels is shared. */
export function stamp(value: KubeObject, revision: Revision): KubeObject {
  return withResourceVersion(value, revision.toString() as ResourceVersion);
}

export function withResourceVersion(value: KubeObject, resourceVersion: ResourceVersion): KubeObject {
  return Object.freeze({ ...value, metadata: Object.freeze({ ...value.metadata, resourceVersion }) });
}

function unstamped(value: KubeObject): unknown {
  if (!Object.hasOwn(value.metadata, 'resourceVersion')) return value;
  return { ...value, metadata: { ...value.metadata, resourceVersion: undefined } };
}

function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
}

/** kube-apiserver writes `k8s\0` before a protobuf value (T14). */
function isProtobuf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x6b && bytes[1] === 0x38 && bytes[2] === 0x73 && bytes[3] === 0;
}
