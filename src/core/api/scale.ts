import { definition, type AnyKind, type Scale } from '../resource/kind.js';
import type { KubeObject, ManagedFieldsEntry } from '../resource/object.js';
import { labelMatcher, type LabelSelector } from '../resource/selector/label-selector.js';
import { invalid as invalidValue } from '../resource/validation/causes.js';
import type { MutableObject, SubresourceHandler } from './plugs.js';
import { difference, intersection, setOf } from './apply/field-set.js';
import { entriesOf, ownerId, ownersOf } from './apply/managed-fields.js';
import { fieldElement } from './apply/path-element.js';
import { badRequest, internal, invalidScale } from './refusals.js';
import { defaultManager } from './write/write-options.js';

const apiVersion = 'autoscaling/v1';

/**
 * `scale`: how many of an object there are and should be, the same for every kind that says where. Rule: A66.
 * @throws ApiError 500 when the object says no number, 422 for one below zero, 409 for another uid or version
 */
export const scaleHandler: SubresourceHandler = {
  ownsNothing: true,
  async get({ kind, full, namespace, name }) {
    return scaleOf(kind, await full.get(kind, { namespace, name }));
  },
  async update({ kind, body, name, namespace, params, change }) {
    const wanted = wantedScale(body, name, namespace);
    const paths = pathsOf(kind);
    const written = await change((object) => {
      if (read(object, paths.spec) === wanted.replicas) return;
      write(object, paths.spec, wanted.replicas);
      object.metadata['generation'] = Number(object.metadata['generation'] ?? 0) + 1;
      const entries = object.metadata['managedFields'] as readonly ManagedFieldsEntry[] | undefined;
      if (entries) object.metadata['managedFields'] = takenOver(entries, paths.spec, { manager: params.fieldManager ?? defaultManager, apiVersion: kind.apiVersion }, wanted.replicas === 0);
    }, { uid: wanted.uid, resourceVersion: wanted.resourceVersion, toldBy: 'update' });
    return { ...written, object: scaleOf(kind, written.object) };
  },
};

/**
 * Who owns the number after it was scaled: the one who did, without a time, and nobody when it became none, which Go
 * does not print. Where nobody owned it, nobody does.
 */
function takenOver(entries: readonly ManagedFieldsEntry[], path: string, by: { readonly manager: string; readonly apiVersion: string }, isNone: boolean): readonly ManagedFieldsEntry[] {
  const place = setOf(stepsOf(path).map(fieldElement));
  const owners = ownersOf(entries);
  if (!owners.some(({ fields }) => intersection(fields, place) !== undefined)) return entries;
  const writer = { ...by, operation: 'Update', subresource: 'scale' } as const;
  const before = owners.find((owner) => ownerId(owner) === ownerId(writer));
  const others = owners.filter((owner) => owner !== before).map((owner) => ({ ...owner, fields: difference(owner.fields, place) }));
  return entriesOf(isNone ? others : [...others, { ...writer, fields: place, time: before?.time }], entries);
}

/** What an object's `scale` shows. */
function scaleOf(kind: AnyKind, object: KubeObject): KubeObject {
  const { spec, status, selector } = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = read(object, spec);
  if (typeof replicas !== 'number') throw internal(`the spec replicas field "${spec}" does not exist`);
  const selected = selector === undefined ? undefined : read(object, selector);
  const text = typeof selected === 'object' && selected !== null ? String(labelMatcher(selected as LabelSelector)) : selected;
  const now = read(object, status);
  return Object.freeze({
    apiVersion, kind: 'Scale', metadata: Object.freeze({ name, namespace, uid, resourceVersion, creationTimestamp }),
    // As Go prints it: none wanted is not said.
    spec: Object.freeze(replicas === 0 ? {} : { replicas }),
    status: Object.freeze({ replicas: typeof now === 'number' ? now : 0, ...(typeof text === 'string' && text !== '' ? { selector: text } : {}) }),
  }) as unknown as KubeObject; // a view: it has no generation of its own
}

function pathsOf(kind: AnyKind): Scale {
  const { scale } = kind[definition];
  if (!scale) throw internal(`${kind.kind} has no scale`);
  return scale;
}

interface Wanted {
  readonly replicas: number;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

function wantedScale(body: unknown, name: string, namespace: string | undefined): Wanted {
  const { apiVersion: version = apiVersion, kind = 'Scale', metadata, spec } = treeOf(body);
  if (version !== apiVersion || kind !== 'Scale') throw badRequest(`the body must be a Scale of ${apiVersion}`);
  const { name: named, namespace: inside, uid, resourceVersion } = treeOf(metadata);
  if (named === undefined || named === '') throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (named !== name) throw badRequest(`the name of the object (${JSON.stringify(named).replaceAll('"', '').slice(0, 256)}) does not match the name on the URL (${name})`);
  if (inside !== undefined && inside !== '' && inside !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const { replicas = 0 } = treeOf(spec);
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) throw badRequest('spec.replicas: must be a whole number');
  if (replicas < 0) throw invalidScale(name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return { replicas, uid: text(uid), resourceVersion: text(resourceVersion) };
}

type Tree = { [field: string]: unknown };

function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

/** `.spec.replicas` → its steps. */
function stepsOf(path: string): readonly string[] {
  return path.split('.').filter((step) => step !== '');
}

function read(object: object, path: string): unknown {
  return stepsOf(path).reduce<unknown>((value, step) => treeOf(value)[step], object);
}

function write(object: MutableObject, path: string, value: unknown): void {
  const steps = stepsOf(path);
  let at: Tree = object;
  for (const step of steps.slice(0, -1)) at = at[step] = treeOf(at[step]);
  at[steps.at(-1) ?? ''] = value;
}
