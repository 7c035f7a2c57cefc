/** Rows of cases.tsv without a test, with what has to be there first. */
export const leftOut: { readonly [id: string]: string } = {
  'A45.1': 'strategic merge patch', 'A45.2': 'strategic merge patch', 'A45.3': 'strategic merge patch',
  'A66.1': 'scale', 'A66.2': 'scale',
  'A68.1': 'PodDisruptionBudget', 'A68.2': 'PodDisruptionBudget', 'A68.3': 'PodDisruptionBudget', 'A68.4': 'PodDisruptionBudget',
  'A94.1': 'reinvocation by declaration', 'A95.1': 'failurePolicy',
  'A99.1': 'LimitRange', 'A100.1': 'ResourceQuota', 'A101.1': 'tested with the admission plugins of pods',
  'A106.3': 'kinds whose spec may be absent', 'A109.1': 'ratcheting', 'A111.1': 'cost estimate of CEL rules',
  'A113.1': 'several versions of a kind', 'A103.1': 'definitions of kinds as objects',
};
