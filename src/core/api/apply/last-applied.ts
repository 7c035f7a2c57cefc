import type { KubeObject } from '../../resource/object.js';
import { isJsonObject, member, withMember, withoutMember, type JsonObject } from '../patch/json-object.js';
import { compareFields, touched } from './compare-fields.js';
import { difference, type FieldSet } from './field-set.js';
import { fieldsOf } from './fields-of.js';
import { canonicalJson } from './path-element.js';
import type { Topology } from './topology.js';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** Together annotations may not be longer (A97); a longer one is left empty. */
const maxAnnotationBytes = 256 * 1024;

/**
 * The fields that client-side apply set last and that still have its values: a first apply by `kubectl` takes them
 * over without a conflict (A56).
 */
export function clientSideApplied(schema: Topology, live: KubeObject, apiVersion: string): FieldSet {
  const text = live.metadata.annotations?.[annotation];
  if (!text) return undefined;
  const last = parse(text);
  if (!isJsonObject(last) || last['apiVersion'] !== apiVersion) return undefined;
  const changes = compareFields(schema, last, live);
  return difference(difference(fieldsOf(schema, last), touched(changes)), changes.removed);
}

/** The object with the annotation rewritten from what was applied now; as it is where it has none (A56). */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const metadata = object['metadata'] as JsonObject; // an object of the API
  const annotations = member(metadata, 'annotations');
  if (!isJsonObject(annotations) || !Object.hasOwn(annotations, annotation)) return object;
  const text = `${canonicalJson(withoutAnnotation(applied))}\n`;
  const value = Buffer.byteLength(text) > maxAnnotationBytes ? '' : text;
  if (annotations[annotation] === value) return object;
  return withMember(object, 'metadata', withMember(metadata, 'annotations', withMember(annotations, annotation, value)));
}

function withoutAnnotation(applied: JsonObject): JsonObject {
  const metadata = applied['metadata'];
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  if (!isJsonObject(metadata) || !isJsonObject(annotations)) return applied;
  return withMember(applied, 'metadata', withMember(metadata, 'annotations', withoutMember(annotations, annotation)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
