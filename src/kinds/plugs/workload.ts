import type { Strategy } from '../../core/api/plugs.js';
import type { KubeObject } from '../../core/resource/object.js';
import type { StatusCause } from '../../core/resource/status.js';
import { forbidden, invalid, notSupported } from '../../core/resource/validation/causes.js';
import { annotationCauses, labelCauses } from '../../core/resource/metadata.js';
import { labelMatcher, labelSelectorCauses } from '../../core/resource/selector/label-selector.js';
import type { Deployment, ReplicaSet } from '../apps-v1-objects.js';
import type { PodTemplateSpec } from '../core-v1/pod-object.js';
import type { LabelSelector } from '../meta-v1.js';
import { defaultPodSpec } from './pod-defaults.js';
import { nameWarnings, podWarnings } from './pod-warnings.js';
import { podSpecCauses } from './pod-validation.js';
import { equal } from '../../core/resource/json/equal.js';
import { fill, treeOf, type Tree } from './tree.js';

/** Template defaults; the selector matches the template and never changes. Rules: C43, T9. */
export const replicaSetStrategy: Strategy = {
  warnings: templateWarnings,
  default: (object) => { defaultTemplate(object); },
  validate: (object) => workloadCauses((object as ReplicaSet).spec),
  validateUpdate: (object, old) => selectorKept((object as ReplicaSet).spec, (old as ReplicaSet).spec),
  validateStatus: (object) => statusCauses((object as ReplicaSet).status ?? {}, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
};

/** The same for Deployments, with the numbers of a rolling update. Rules: C47, T9. */
export const deploymentStrategy: Strategy = {
  warnings: templateWarnings,
  countsAnnotations: true,
  default(object) {
    defaultTemplate(object);
    const spec = treeOf(object['spec']);
    if (!spec) return;
    const strategy = treeOf(spec['strategy']) ?? {};
    spec['strategy'] = strategy;
    fill(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] !== 'RollingUpdate') return;
    const rolling = treeOf(strategy['rollingUpdate']) ?? {};
    strategy['rollingUpdate'] = rolling;
    fill(rolling, 'maxUnavailable', '25%');
    fill(rolling, 'maxSurge', '25%');
  },
  validate(object) {
    const { spec } = object as Deployment;
    const { strategy } = spec;
    return [
      ...workloadCauses(spec),
      // The reference shows the struct by the names that it has in Go.
      ...(strategy?.type !== undefined && !['Recreate', 'RollingUpdate'].includes(strategy.type)
        ? [notSupported('spec.strategy', { Type: strategy.type, RollingUpdate: strategy.rollingUpdate ? { MaxUnavailable: strategy.rollingUpdate.maxUnavailable ?? 0, MaxSurge: strategy.rollingUpdate.maxSurge ?? 0 } : null }, ['Recreate', 'RollingUpdate'])] : []),
      ...(strategy?.type === 'Recreate' && strategy.rollingUpdate ? [forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")] : []),
      ...(strategy?.rollingUpdate && isZero(strategy.rollingUpdate.maxUnavailable) && isZero(strategy.rollingUpdate.maxSurge)
        ? [invalid('spec.strategy.rollingUpdate.maxUnavailable', strategy.rollingUpdate.maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
      ...(spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)
        ? [invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds')] : []),
    ];
  },
  validateUpdate: (object, old) => selectorKept((object as Deployment).spec, (old as Deployment).spec),
  validateStatus: (object) => statusCauses((object as Deployment).status ?? {}, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
};

/** Told when it is made, and again when it changes. */
function templateWarnings(object: KubeObject, old: KubeObject | undefined): readonly string[] {
  const template = (object as Deployment).spec.template as PodTemplateSpec | undefined;
  if (!template || object.metadata.generation === old?.metadata.generation) return [];
  return [...(old ? [] : nameWarnings(object.metadata.name, 'Pods')), ...podWarnings(template.spec, 'spec.template.spec')];
}

/** No part of the replicas is more than all of them. */
function statusCauses(given: object, parts: readonly string[]): readonly StatusCause[] {
  const status = given as { readonly [field: string]: unknown };
  const count = (field: string) => (typeof status[field] === 'number' ? status[field] : 0);
  return [
    ...Object.keys(status).flatMap((field) => (count(field) < 0 ? [invalid(`status.${field}`, count(field), 'must be greater than or equal to 0')] : [])),
    ...parts.flatMap((part) => (count(part) > count('replicas') ? [invalid(`status.${part}`, count(part), 'cannot be greater than status.replicas')] : [])),
    ...(count('availableReplicas') > count('readyReplicas') ? [invalid('status.availableReplicas', count('availableReplicas'), 'cannot be greater than readyReplicas')] : []),
  ];
}

function defaultTemplate(object: Tree): void {
  const template = treeOf(treeOf(object['spec'])?.['template']);
  const spec = treeOf(template?.['spec']);
  if (spec) defaultPodSpec(spec);
}

interface Workload {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateSpec;
}

function workloadCauses({ replicas, minReadySeconds, selector, template }: Workload): readonly StatusCause[] {
  const causes: StatusCause[] = [];
  const notNegative = (field: string, value: number | undefined) => { if (value !== undefined && value < 0) causes.push(invalid(field, value, 'must be greater than or equal to 0')); };
  notNegative('spec.replicas', replicas);
  notNegative('spec.minReadySeconds', minReadySeconds);
  const bad = labelSelectorCauses(selector, 'spec.selector');
  causes.push(...bad);
  // A selector that is missing selects nothing; that it is missing was told already.
  const empty = selector !== undefined && Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
  if (empty) causes.push(invalid('spec.selector', inOrder(selector), 'empty selector is invalid for deployment'));
  if (!template) return causes;
  const labels = template.metadata?.labels;
  if (!empty && bad.length === 0 && !labelMatcher(selector).matches(labels)) causes.push(invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'));
  // Told without `metadata`, as the reference does.
  causes.push(...labelCauses(labels ?? {}, 'spec.template.labels'), ...annotationCauses(template.metadata?.annotations ?? {}, 'spec.template.annotations'));
  causes.push(...podSpecCauses(template.spec, 'spec.template.spec'));
  const { restartPolicy, activeDeadlineSeconds, ephemeralContainers = [] } = template.spec;
  if (ephemeralContainers.length > 0) causes.push(forbidden('spec.template.spec.ephemeralContainers', 'ephemeral containers not allowed in pod template'));
  if (restartPolicy !== undefined && restartPolicy !== 'Always') causes.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined) causes.push(forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicaSet is not Supported'));
  return causes;
}

function selectorKept(now: Workload, old: Workload): readonly StatusCause[] {
  return equal(now.selector, old.selector) ? [] : [invalid('spec.selector', inOrder(now.selector), 'field is immutable')];
}

/** With its fields in the order of the type, as messages show them. */
export function inOrder(selector: LabelSelector | undefined): LabelSelector | undefined {
  if (!selector) return selector;
  const { matchLabels, matchExpressions } = selector;
  return { ...(matchLabels ? { matchLabels } : {}), ...(matchExpressions ? { matchExpressions } : {}) };
}

function isZero(amount: number | string | undefined): boolean {
  return amount === 0 || amount === '0%';
}
