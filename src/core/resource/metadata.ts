import type { KindDefinition } from './kind.js';
import { dns1035LabelProblem, labelProblem, labelValueProblems, pathSegmentProblem, qualifiedNameProblems, subdomainProblem } from './names.js';
import type { JsonSchema } from './schema.js';
import type { StatusCause } from './status.js';
import { forbidden, invalid, limited, required, tooLong } from './validation/causes.js';
import { equal } from './json/equal.js';

/** Sum of the bytes of all annotation keys and values (A11). */
export const annotationLimitBytes = 262_144;

/** Finalizers that deletion itself uses. */
export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';
const standardFinalizers: ReadonlySet<string> = new Set([orphanFinalizer, foregroundFinalizer, 'kubernetes']);

/** Metadata as it comes, its types checked by `objectMetaSchema` before. */
export interface MetadataFields {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string; readonly controller?: boolean }[];
  readonly [field: string]: unknown;
}

/** What of a kind decides how metadata is checked. */
export interface MetadataRules {
  readonly namespaced: boolean;
  readonly nameRule: KindDefinition['nameRule'];
  readonly builtin: boolean;
}

const text: JsonSchema = { type: 'string', 'x-setpoint-omitempty': true };
const time: JsonSchema = { type: 'string', format: 'date-time', nullable: true };
// A label that is null is one with an empty value, as Go reads it.
const texts: JsonSchema = { type: 'object', additionalProperties: { type: 'string', default: '' }, 'x-setpoint-omitempty': true };

/** Types and list topology of metadata, the same for every kind. */
export const objectMetaSchema: JsonSchema = Object.freeze<JsonSchema>({
  type: 'object',
  properties: {
    name: text, generateName: text, namespace: text, selfLink: text, uid: text, resourceVersion: text,
    generation: { type: 'integer', format: 'int64' }, creationTimestamp: time, deletionTimestamp: time, deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
    labels: texts, annotations: texts,
    finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', 'x-setpoint-omitempty': true },
    ownerReferences: {
      type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['uid'], 'x-setpoint-omitempty': true,
      items: {
        type: 'object', 'x-kubernetes-map-type': 'atomic',
        properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, name: { type: 'string' }, uid: { type: 'string' }, controller: { type: 'boolean' }, blockOwnerDeletion: { type: 'boolean' } },
      },
    },
    managedFields: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, 'x-kubernetes-list-type': 'atomic' },
  },
});

/** Everything wrong with an object's metadata. The name is there, or was generated, by now. Rules: A9–A13, B22, B23, B36–B38, B41 */
export function validateMetadata(meta: MetadataFields, rules: MetadataRules): readonly StatusCause[] {
  return limited(metadataCauses(meta, rules));
}

function* metadataCauses(meta: MetadataFields, rules: MetadataRules): Iterable<StatusCause> {
  yield* nameCauses(meta, rules);
  yield* namespaceCauses(meta, rules);
  yield* labelCauses(meta.labels ?? {}, 'metadata.labels');
  yield* annotationCauses(meta.annotations ?? {});
  yield* ownerCauses(meta.ownerReferences ?? []);
  yield* finalizerCauses(meta.finalizers ?? [], rules);
}

/** What an update may not change (A16, A36, A37): names and the like. Times and uid were put back before. */
export function validateMetadataUpdate(meta: MetadataFields, old: MetadataFields): readonly StatusCause[] {
  const causes: StatusCause[] = [];
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (!equal(meta[field], old[field])) causes.push(invalid(`metadata.${field}`, meta[field] ?? null, 'field is immutable'));
  }
  if (old['deletionTimestamp'] !== undefined) {
    const added = (meta.finalizers ?? []).filter((name) => !old.finalizers?.includes(name)).sort();
    if (added.length > 0) {
      causes.push(forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`));
    }
  }
  return causes;
}

/** Warnings about metadata that is accepted (A13). */
export function metadataWarnings(meta: MetadataFields, rules: MetadataRules): readonly string[] {
  if (rules.builtin) return [];
  return (meta.finalizers ?? []).filter((name) => !name.includes('/') && !standardFinalizers.has(name))
    .map((name) => `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`);
}

/** Fully equal owner references are kept once (A12). */
export function distinctOwners<T>(owners: readonly T[]): { readonly owners: readonly T[]; readonly warnings: readonly string[] } {
  const seen = new Set<string>();
  const repeated: string[] = [];
  const kept = owners.filter((owner) => {
    const key = JSON.stringify(Object.entries(owner as object).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (!seen.has(key)) return seen.add(key);
    repeated.push(`.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${String((owner as { readonly uid?: unknown }).uid)}`);
    return false;
  });
  return { owners: repeated.length === 0 ? owners : kept, warnings: [...new Set(repeated)] };
}

/** What is wrong with a name by the kind's rule (A9). */
export function nameProblem(name: string, rule: MetadataRules['nameRule']): string | undefined {
  switch (rule) {
    case 'subdomain': return subdomainProblem(name);
    case 'label': return labelProblem(name);
    case 'label1035': return dns1035LabelProblem(name);
    case 'pathSegment': return pathSegmentProblem(name);
  }
}

/** One at a time, so that the errors of a hostile map need not be held all at once (B36). */
export function* labelCauses(labels: { readonly [key: string]: string }, field: string): Iterable<StatusCause> {
  for (const key in labels) {
    if (!Object.hasOwn(labels, key)) continue;
    const value = labels[key] ?? '';
    for (const problem of qualifiedNameProblems(key)) yield invalid(field, key, problem);
    for (const problem of labelValueProblems(value)) yield invalid(field, value, problem);
  }
}

function nameCauses({ name, generateName }: MetadataFields, { nameRule }: MetadataRules): readonly StatusCause[] {
  const causes: StatusCause[] = [];
  if (generateName !== undefined && generateName !== '') {
    // A base may end in a dash, which the suffix follows.
    const problem = nameProblem(generateName.length > 1 && generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName, nameRule);
    if (problem !== undefined) causes.push(invalid('metadata.generateName', generateName, problem));
  }
  if (name === undefined || name === '') return [...causes, required('metadata.name', 'name or generateName is required')];
  const problem = nameProblem(name, nameRule);
  if (problem !== undefined) causes.push(invalid('metadata.name', name, problem));
  return causes;
}

function namespaceCauses({ namespace }: MetadataFields, { namespaced }: MetadataRules): readonly StatusCause[] {
  if (!namespaced) return namespace === undefined || namespace === '' ? [] : [forbidden('metadata.namespace', 'not allowed on this type')];
  if (namespace === undefined || namespace === '') return [required('metadata.namespace')];
  const problem = labelProblem(namespace);
  return problem === undefined ? [] : [invalid('metadata.namespace', namespace, problem)];
}

export function annotationCauses(annotations: { readonly [key: string]: string }, field = 'metadata.annotations'): readonly StatusCause[] {
  const entries = Object.entries(annotations);
  const causes = entries.flatMap(([key]) => qualifiedNameProblems(key.toLowerCase()).map((problem) => invalid(field, key, problem)));
  const sizeBytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return sizeBytes > annotationLimitBytes ? [...causes, tooLong(field, annotationLimitBytes)] : causes;
}

function ownerCauses(owners: NonNullable<MetadataFields['ownerReferences']>): readonly StatusCause[] {
  const field = 'metadata.ownerReferences';
  const causes: StatusCause[] = [];
  let controller: string | undefined;
  for (const owner of owners) {
    if (!/(?:^|\/)[^/]+$/.test(owner.apiVersion ?? '')) causes.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    for (const part of ['kind', 'name', 'uid'] as const) if ((owner[part] ?? '') === '') causes.push(invalid(`${field}.${part}`, owner[part] ?? '', 'must not be empty'));
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') causes.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'));
    if (owner.controller !== true) continue;
    const named = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = named;
    else causes.push(invalid(field, owners, `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${named}`));
  }
  return causes;
}

function finalizerCauses(finalizers: readonly string[], { builtin }: MetadataRules): readonly StatusCause[] {
  const field = 'metadata.finalizers';
  const both = finalizers.includes(orphanFinalizer) && finalizers.includes(foregroundFinalizer);
  return [
    ...finalizers.flatMap((name) => qualifiedNameProblems(name).map((problem) => invalid(field, name, problem))),
    ...(both ? [invalid(field, finalizers, `finalizer ${orphanFinalizer} and ${foregroundFinalizer} cannot be both set`)] : []),
    ...finalizers.flatMap((name, i) => (builtin && !name.includes('/') && !standardFinalizers.has(name)
      ? [invalid(`${field}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified')] : [])),
  ];
}
