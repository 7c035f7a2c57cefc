// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { disruptionBudgetPlugs } from '../plugs/budget.js';
import type { Condition } from '../../core/resource/object.js';
import type { LabelSelector } from '../meta-v1.js';

export interface PodDisruptionBudget extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec?: PodDisruptionBudgetSpec;
  readonly status?: PodDisruptionBudgetStatus;
}
export const PodDisruptionBudget: Kind<PodDisruptionBudget> = defineBuiltinKind<PodDisruptionBudget>({
  group: 'policy', version: 'v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', namespaced: true, schema: () => kindSchema('policy/v1.PodDisruptionBudget'),
  shortNames: ['pdb'], statusSubresource: true, hasGeneration: true, unconditionalUpdate: false, plugs: disruptionBudgetPlugs,
});

export interface PodDisruptionBudgetSpec {
  readonly minAvailable?: number | string;
  readonly selector?: LabelSelector;
  readonly maxUnavailable?: number | string;
  readonly unhealthyPodEvictionPolicy?: 'AlwaysAllow' | 'IfHealthyBudget';
}

export interface PodDisruptionBudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptedPods?: { readonly [key: string]: string };
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly expectedPods?: number;
  readonly conditions?: readonly Condition[];
}
