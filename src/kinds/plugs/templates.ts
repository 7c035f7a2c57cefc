import type { KindPlugs, MutableObject, Strategy } from '../../core/api/plugs.js';
import { equal } from '../../core/resource/json/equal.js';
import { defaultPodSpec } from './pod-defaults.js';
import { fill, treeOf, treesOf, type Tree } from './tree.js';

/** Kinds that carry a pod template, besides those of a rolling update (`workload.ts`) and jobs (`job.ts`). Rule: T9 */

function defaultTemplateOf(holder: Tree | undefined): void {
  const spec = treeOf(treeOf(holder?.['template'])?.['spec']);
  if (spec) defaultPodSpec(spec);
}

const templateGeneration = 'deprecated.daemonset.template.generation';

function annotate(object: MutableObject, generation: string): void {
  object.metadata['annotations'] = { ...treeOf(object.metadata['annotations']), [templateGeneration]: generation };
}

const daemonSet: Strategy = {
  default(object) {
    // As the reference converts it, so that whoever makes it owns it.
    if (treeOf(object.metadata['annotations'])?.[templateGeneration] === undefined) annotate(object, '0');
    const spec = treeOf(object['spec']);
    if (!spec) return;
    defaultTemplateOf(spec);
    const strategy = treeOf(spec['updateStrategy']) ?? {};
    spec['updateStrategy'] = strategy;
    fill(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] !== 'RollingUpdate') return;
    const rolling = treeOf(strategy['rollingUpdate']) ?? {};
    strategy['rollingUpdate'] = rolling;
    fill(rolling, 'maxUnavailable', 1);
    fill(rolling, 'maxSurge', 0);
  },
  prepareForCreate: (object) => { annotate(object, '1'); },
  prepareForUpdate(object, old) {
    const before = Number(old.metadata.annotations?.[templateGeneration] ?? 1);
    const changed = !equal(treeOf(object['spec'])?.['template'], treeOf((old as { readonly spec?: unknown }).spec)?.['template']);
    annotate(object, String(before + (changed ? 1 : 0)));
  },
};
export const daemonSetPlugs: KindPlugs = { strategy: daemonSet };

const statefulSet: Strategy = {
  default(object) {
    const spec = treeOf(object['spec']);
    if (!spec) return;
    defaultTemplateOf(spec);
    const strategy = treeOf(spec['updateStrategy']) ?? {};
    spec['updateStrategy'] = strategy;
    if (strategy['type'] === undefined) {
      strategy['type'] = 'RollingUpdate';
      fill(strategy, 'rollingUpdate', {});
    }
    const rolling = treeOf(strategy['rollingUpdate']);
    if (strategy['type'] === 'RollingUpdate' && rolling) fill(rolling, 'partition', 0);
    for (const claim of treesOf(spec['volumeClaimTemplates'])) {
      fill(claim, 'apiVersion', 'v1');
      fill(claim, 'kind', 'PersistentVolumeClaim');
      const status = treeOf(claim['status']) ?? {};
      claim['status'] = status;
      fill(status, 'phase', 'Pending');
    }
  },
};
export const statefulSetPlugs: KindPlugs = { strategy: statefulSet };

const replicationController: Strategy = {
  default(object) {
    const spec = treeOf(object['spec']);
    if (!spec) return;
    defaultTemplateOf(spec);
    const labels = treeOf(treeOf(treeOf(spec['template'])?.['metadata'])?.['labels']);
    if (!labels || Object.keys(labels).length === 0) return;
    fill(spec, 'selector', { ...labels });
    fill(object.metadata, 'labels', { ...labels });
  },
  defaultPropagation: 'Orphan',
};
export const replicationControllerPlugs: KindPlugs = { strategy: replicationController };

export const podTemplatePlugs: KindPlugs = { strategy: { default: defaultTemplateOf, returnsDeleted: true } };
