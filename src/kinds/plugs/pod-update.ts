import type { StatusCause } from '../../core/resource/status.js';
import { forbidden, invalid, required } from '../../core/resource/validation/causes.js';
import type { Container } from '../core-v1/container.js';
import type { Toleration } from '../core-v1/placement.js';
import type { PodSpec } from '../core-v1/pod-object.js';
import { equal } from '../../core/resource/json/equal.js';

const mutable = 'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/**
 * What an update changes of a pod's spec that it may not: everything but images, an active deadline that comes
 * nearer, further tolerations, a negative grace put right, and gates taken off (with a node selector and a node
 * affinity that may be narrowed while gated). Rules: T11, A16.
 */
export function podSpecUpdate(now: PodSpec, old: PodSpec): readonly StatusCause[] {
  const images = [...imageUpdate(now.containers, old.containers, 'spec.containers'), ...imageUpdate(now.initContainers ?? [], old.initContainers ?? [], 'spec.initContainers')];
  if (images.some(({ field }) => field === 'spec.containers' || field === 'spec.initContainers')) return images;
  const deadline = deadlineUpdate(now, old);
  // A deadline that was put off, unlike one that was taken away, is all that is told.
  if (deadline.length > 0 && now.activeDeadlineSeconds !== undefined) return [...images, ...deadline];
  const causes = [...images, ...deadline, ...tolerationUpdate(now.tolerations ?? [], old.tolerations ?? []), ...gateUpdate(now, old), ...selectorUpdate(now, old)];
  const gated = (old.schedulingGates ?? []).length > 0;
  const masked: PodSpec = {
    ...now,
    containers: oldImages(now.containers, old.containers),
    ...put('initContainers', now.initContainers && oldImages(now.initContainers, old.initContainers ?? [])),
    ...put('activeDeadlineSeconds', old.activeDeadlineSeconds),
    ...put('tolerations', old.tolerations),
    ...put('schedulingGates', old.schedulingGates),
    ...((old.terminationGracePeriodSeconds ?? 0) < 0 && now.terminationGracePeriodSeconds === 1 ? put('terminationGracePeriodSeconds', old.terminationGracePeriodSeconds) : {}),
    ...(gated ? put('nodeSelector', old.nodeSelector) : {}),
    ...(gated && old.affinity?.nodeAffinity === undefined ? put('affinity', withoutNodeAffinity(now, old)) : {}),
  };
  return equal(masked, old) ? causes : [...causes, forbidden('spec', mutable)];
}

function imageUpdate(now: readonly Container[], old: readonly Container[], at: string): readonly StatusCause[] {
  if (now.length !== old.length) return [forbidden(at, 'pod updates may not add or remove containers')];
  return now.flatMap(({ image = '' }, i) => {
    if (image === '') return [required(`${at}[${String(i)}].image`)];
    return image === image.trim() ? [] : [invalid(`${at}[${String(i)}].image`, image, 'must not have leading or trailing whitespace')];
  });
}

function deadlineUpdate(now: PodSpec, old: PodSpec): readonly StatusCause[] {
  const before = old.activeDeadlineSeconds;
  const after = now.activeDeadlineSeconds;
  if (before === after) return [];
  if (after === undefined) return [invalid('spec.activeDeadlineSeconds', null, 'must not update from a positive integer to nil value')];
  if (after < 0 || after > 2_147_483_647) return [invalid('spec.activeDeadlineSeconds', after, 'must be between 0 and 2147483647, inclusive')];
  return before !== undefined && after > before
    ? [invalid('spec.activeDeadlineSeconds', after, 'must be less than or equal to previous value')] : [];
}

function tolerationUpdate(now: readonly Toleration[], old: readonly Toleration[]): readonly StatusCause[] {
  const kept = old.every((before) => now.some((after) => equal({ ...after, ...put('tolerationSeconds', before.tolerationSeconds) }, before)));
  return kept ? [] : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function gateUpdate(now: PodSpec, old: PodSpec): readonly StatusCause[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (now.schedulingGates ?? []).flatMap(({ name }, i) => (before.has(name) ? []
    : [forbidden(`spec.schedulingGates[${String(i)}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)]));
}

/** While gated, a node selector may be narrowed. */
function selectorUpdate(now: PodSpec, old: PodSpec): readonly StatusCause[] {
  if ((old.schedulingGates ?? []).length === 0 || narrowsSelector(now, old)) return [];
  return [invalid('spec.nodeSelector', now.nodeSelector ?? {}, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)')];
}

/** The containers with the images they had. */
function oldImages(now: readonly Container[], old: readonly Container[]): readonly Container[] {
  return now.map((container, i) => {
    const before = old[i];
    return before ? { ...container, ...put('image', before.image) } : container;
  });
}

function narrowsSelector(now: PodSpec, old: PodSpec): boolean {
  return Object.entries(old.nodeSelector ?? {}).every(([label, value]) => now.nodeSelector?.[label] === value);
}

function withoutNodeAffinity(now: PodSpec, old: PodSpec): PodSpec['affinity'] {
  if (!now.affinity) return undefined;
  const { nodeAffinity: _added, ...rest } = now.affinity;
  return Object.keys(rest).length === 0 && old.affinity === undefined ? undefined : rest;
}

/** A field set to a value that may be undefined; `equal` takes that as absent. */
function put<Name extends string, V>(name: Name, value: V | undefined): { readonly [K in Name]?: V } {
  return { [name]: value } as { readonly [K in Name]?: V };
}
