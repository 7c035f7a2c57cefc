import { labelProblem, labelValueProblems, qualifiedNameProblems, subdomainProblem } from '../../core/resource/names.js';
import type { StatusCause } from '../../core/resource/status.js';
import { duplicate, forbidden, invalid, required } from '../../core/resource/validation/causes.js';
import type { Affinity, Toleration } from '../core-v1/placement.js';
import type { PodSpec } from '../core-v1/pod-object.js';
import { containersCauses } from './container-validation.js';

/** What the schema cannot say about a pod's spec; `at` is its path. Rule: T10. */
export function podSpecCauses(spec: PodSpec, at: string): readonly StatusCause[] {
  return [
    ...volumeCauses(spec, at),
    ...containersCauses(spec, at),
    ...(spec.tolerations ?? []).flatMap((toleration, i) => tolerationCauses(toleration, `${at}.tolerations[${String(i)}]`)),
    ...Object.entries(spec.nodeSelector ?? {}).flatMap(([label, value]) => [
      ...qualifiedNameProblems(label).map((problem) => invalid(`${at}.nodeSelector`, label, problem)),
      ...labelValueProblems(value).map((problem) => invalid(`${at}.nodeSelector`, value, problem)),
    ]),
    ...affinityCauses(spec.affinity, `${at}.affinity`),
    ...spreadCauses(spec, at),
    ...gateCauses(spec, at),
    ...(spec.activeDeadlineSeconds !== undefined && (spec.activeDeadlineSeconds < 1 || spec.activeDeadlineSeconds > 2_147_483_647)
      ? [invalid(`${at}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 'must be between 1 and 2147483647, inclusive')] : []),
    ...named(spec.nodeName, `${at}.nodeName`, subdomainProblem),
    ...named(spec.serviceAccountName, `${at}.serviceAccountName`, subdomainProblem),
    ...named(spec.priorityClassName, `${at}.priorityClassName`, subdomainProblem),
    ...named(spec.runtimeClassName, `${at}.runtimeClassName`, subdomainProblem),
    ...named(spec.hostname, `${at}.hostname`, labelProblem),
    ...named(spec.subdomain, `${at}.subdomain`, labelProblem),
  ];
}

/** A name of this sort, or none. */
function named(name: string | undefined, field: string, problemOf: (name: string) => string | undefined): readonly StatusCause[] {
  const problem = name === undefined || name === '' ? undefined : problemOf(name);
  return problem === undefined ? [] : [invalid(field, name, problem)];
}

function volumeCauses(spec: PodSpec, at: string): readonly StatusCause[] {
  const seen = new Set<string>();
  return (spec.volumes ?? []).flatMap(({ name, ...sources }, i) => {
    const field = `${at}.volumes[${String(i)}]`;
    const again = seen.has(name) ? [duplicate(`${field}.name`, name)] : [];
    const causes = [
      ...(name === '' ? [required(`${field}.name`)] : named(name, `${field}.name`, labelProblem)),
      ...again,
      ...Object.keys(sources).slice(1).map((source) => forbidden(`${field}.${source}`, 'may not specify more than 1 volume type')),
    ];
    // Only a volume without fault takes its name.
    if (causes.length === 0) seen.add(name);
    return causes;
  });
}

function tolerationCauses(toleration: Toleration, at: string): readonly StatusCause[] {
  const { key = '', operator = 'Equal', value = '', effect, tolerationSeconds } = toleration;
  return [
    ...(key === '' ? [] : qualifiedNameProblems(key).map((problem) => invalid(`${at}.key`, key, problem))),
    ...(operator === 'Equal' && labelValueProblems(value).length > 0 ? [invalid(`${at}.operator`, value, labelValueProblems(value).join(';'))] : []),
    ...(key === '' && operator !== 'Exists' ? [invalid(`${at}.operator`, toleration.operator ?? '', "operator must be Exists when `key` is empty, which means \"match all values and all keys\"")] : []),
    ...(operator === 'Exists' && value !== '' ? [invalid(`${at}.operator`, value, 'value must be empty when `operator` is \'Exists\'')] : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute' ? [invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")] : []),
  ];
}

function affinityCauses(affinity: Affinity | undefined, at: string): readonly StatusCause[] {
  if (!affinity) return [];
  const causes: StatusCause[] = [];
  const weight = (value: number, field: string) => { if (value < 1 || value > 100) causes.push(invalid(field, value, 'must be in the range 1-100')); };
  const node = affinity.nodeAffinity;
  if (node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms.length === 0) {
    causes.push(required(`${at}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`, 'must have at least one node selector term'));
  }
  for (const [i, term] of (node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    weight(term.weight, `${at}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${String(i)}].weight`);
  }
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    for (const [i, term] of (affinity[name]?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      if (term.topologyKey === '') causes.push(required(`${at}.${name}.requiredDuringSchedulingIgnoredDuringExecution[${String(i)}].topologyKey`, 'can not be empty'));
    }
    for (const [i, term] of (affinity[name]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      weight(term.weight, `${at}.${name}.preferredDuringSchedulingIgnoredDuringExecution[${String(i)}].weight`);
    }
  }
  return causes;
}

function spreadCauses(spec: PodSpec, at: string): readonly StatusCause[] {
  return (spec.topologySpreadConstraints ?? []).flatMap(({ maxSkew, topologyKey, minDomains, whenUnsatisfiable }, i) => {
    const field = `${at}.topologySpreadConstraints[${String(i)}]`;
    return [
      ...(maxSkew > 0 ? [] : [invalid(`${field}.maxSkew`, maxSkew, 'must be greater than zero')]),
      ...(topologyKey === '' ? [required(`${field}.topologyKey`, 'can not be empty')] : []),
      ...(minDomains !== undefined && minDomains <= 0 ? [invalid(`${field}.minDomains`, minDomains, 'must be greater than zero')] : []),
      ...(minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule' ? [invalid(`${field}.minDomains`, minDomains, 'can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway')] : []),
    ];
  });
}

function gateCauses(spec: PodSpec, at: string): readonly StatusCause[] {
  const seen = new Set<string>();
  return (spec.schedulingGates ?? []).flatMap(({ name }, i) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [duplicate(`${at}.schedulingGates[${String(i)}]`, name)] : [];
  });
}
