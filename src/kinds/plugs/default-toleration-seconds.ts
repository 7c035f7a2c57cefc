import type { AdmissionPlugin } from '../../core/api/plugs.js';
import { treeOf, treesOf, withMore } from './tree.js';

const secondsOnLostNode = 300;

/** Every pod stays five minutes on a node that is not ready or out of reach, unless it says otherwise. Rule: C27. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  type: 'mutating',
  handles: ({ operation, subresource }) => subresource === undefined && (operation === 'CREATE' || operation === 'UPDATE'),
  admit({ object }) {
    const spec = treeOf(object?.['spec']);
    if (!spec) return;
    const given = treesOf(spec['tolerations']);
    const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter((taint) => !given.some(({ key, effect }) =>
      (key === taint || key === undefined || key === '') && (effect === 'NoExecute' || effect === undefined || effect === '')));
    if (missing.length === 0) return;
    spec['tolerations'] = withMore(spec['tolerations'], missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: secondsOnLostNode })));
  },
};
