import type { KindPlugs, Strategy } from '../../core/api/plugs.js';
import { equal } from '../../core/resource/json/equal.js';
import { labelMatcher } from '../../core/resource/selector/label-selector.js';
import type { StatusCause } from '../../core/resource/status.js';
import { invalid, notSupported, required } from '../../core/resource/validation/causes.js';
import type { PodTemplateSpec } from '../core-v1/pod-object.js';
import type { LabelSelector } from '../meta-v1.js';
import { defaultPodSpec } from './pod-defaults.js';
import { podSpecCauses } from './pod-validation.js';
import { nameWarnings, podWarnings } from './pod-warnings.js';
import { atLeastZero } from './ports.js';
import { fill, treeOf, type Tree } from './tree.js';

/** What is read of a job's spec here; the generated types would come round in a circle. */
interface JobSpec {
  readonly selector?: LabelSelector;
  readonly manualSelector?: boolean;
  readonly parallelism?: number;
  readonly completions?: number;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly completionMode?: string;
  readonly template: PodTemplateSpec;
}

const uidLabel = 'batch.kubernetes.io/controller-uid';
const mostTries = 2_147_483_647;

const jobStrategy: Strategy = {
  default(object) {
    const spec = treeOf(object['spec']);
    if (!spec) return;
    defaultTemplate(spec);
    if (spec['parallelism'] === undefined) fill(spec, 'completions', 1);
    fill(spec, 'parallelism', 1);
    fill(spec, 'backoffLimit', spec['backoffLimitPerIndex'] === undefined ? 6 : mostTries);
    fill(spec, 'completionMode', 'NonIndexed');
    fill(spec, 'suspend', false);
    fill(spec, 'manualSelector', false);
    fill(spec, 'podReplacementPolicy', spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed');
    const labels = treeOf(treeOf(treeOf(spec['template'])?.['metadata'])?.['labels']);
    if (labels && Object.keys(labels).length > 0 && Object.keys(treeOf(object.metadata['labels']) ?? {}).length === 0) object.metadata['labels'] = { ...labels };
  },
  prepareForCreate(object) {
    delete object['status'];
    const spec = treeOf(object['spec']);
    if (!spec || spec['manualSelector'] === true) return;
    selectByUid(spec, object.metadata.name ?? '', String(object.metadata['uid']));
    // Labels that were taken over from the template are the same ones, and get what it gets.
    const labels = treeOf(object.metadata['labels']);
    const own = treeOf(treeOf(treeOf(spec['template'])?.['metadata'])?.['labels']);
    if (labels === undefined && own) object.metadata['labels'] = { ...own };
  },
  validate: (object) => jobSpecCauses((object as unknown as { readonly spec: JobSpec }).spec, 'spec'),
  validateUpdate(object, old) {
    const [now, before] = [object, old].map((job) => (job as unknown as { readonly spec: JobSpec }).spec) as [JobSpec, JobSpec];
    const kept = (field: keyof JobSpec) => (equal(now[field], before[field]) ? [] : [invalid(`spec.${field}`, now[field] ?? null, 'field is immutable')]);
    return [...kept('selector'), ...kept('template'), ...kept('completionMode'), ...(now.completionMode === 'Indexed' ? [] : kept('completions'))];
  },
  warnings(object, old) {
    const { template } = (object as unknown as { readonly spec: JobSpec }).spec;
    return old ? [] : [...nameWarnings(object.metadata.name, 'Pods'), ...podWarnings(template.spec, 'spec.template.spec')];
  },
  defaultPropagation: 'Orphan',
};

function defaultTemplate(spec: Tree): void {
  const pod = treeOf(treeOf(spec['template'])?.['spec']);
  // Always is no policy for what has to end, and is refused.
  if (pod) defaultPodSpec(pod);
}

/** The pods of a job are told by its uid, which nobody else has. */
function selectByUid(spec: Tree, name: string, uid: string): void {
  const template = treeOf(spec['template']) ?? {};
  spec['template'] = template;
  const metadata = treeOf(template['metadata']) ?? {};
  template['metadata'] = metadata;
  metadata['labels'] = { 'job-name': name, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, [uidLabel]: uid, ...treeOf(metadata['labels']) };
  const selector = treeOf(spec['selector']) ?? {};
  spec['selector'] = { ...selector, matchLabels: { [uidLabel]: uid, ...treeOf(selector['matchLabels']) } };
}

function jobSpecCauses(spec: JobSpec, at: string): readonly StatusCause[] {
  const { selector, template } = spec;
  const labels = template.metadata?.labels;
  return [
    ...(['parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'] as const).flatMap((field) => atLeastZero(spec[field], `${at}.${field}`)),
    ...(selector === undefined ? [required(`${at}.selector`)] : []),
    ...(selector !== undefined && !labelMatcher(selector).matches(labels) ? [invalid(`${at}.template.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')] : []),
    ...podSpecCauses(template.spec, `${at}.template.spec`),
    ...endingCauses(template, `${at}.template`),
    ...(spec.completionMode === 'Indexed' && spec.completions === undefined ? [required(`${at}.completions`, 'when completion mode is Indexed')] : []),
  ];
}

/** Pods of a job have to end. */
function endingCauses({ spec: { restartPolicy } }: PodTemplateSpec, at: string): readonly StatusCause[] {
  if (restartPolicy === undefined || restartPolicy === 'Always') return [required(`${at}.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')];
  return restartPolicy === 'OnFailure' || restartPolicy === 'Never' ? [] : [notSupported(`${at}.spec.restartPolicy`, restartPolicy, ['OnFailure', 'Never'])];
}

/** Jobs. Rules: T9, T10, A61 */
export const jobPlugs: KindPlugs = { strategy: jobStrategy };

/** Cron jobs: their jobs get their own defaults when they are made. Rule: T9 */
export const cronJobPlugs: KindPlugs = {
  strategy: {
    default(object) {
      const spec = treeOf(treeOf(treeOf(object['spec'])?.['jobTemplate'])?.['spec']);
      if (spec) defaultTemplate(spec);
    },
    validate(object) {
      const { template } = (object as unknown as { readonly spec: { readonly jobTemplate: { readonly spec: JobSpec } } }).spec.jobTemplate.spec;
      return [...podSpecCauses(template.spec, 'spec.jobTemplate.spec.template.spec'), ...endingCauses(template, 'spec.jobTemplate.spec.template')];
    },
  },
};
