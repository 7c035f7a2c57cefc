import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import { kindSchema } from '../messages/table.js';
import { podPlugs } from '../plugs/pod.js';
import type { Pod as PodObject } from './pod-object.js';

export type * from './pod-object.js';

export type Pod = PodObject;
export const Pod: Kind<Pod> = defineBuiltinKind<Pod>({
  group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true, schema: () => kindSchema('core/v1.Pod'),
  shortNames: ['po'], categories: ['all'], statusSubresource: true, hasGeneration: true,
  selectableFields: [
    'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork',
    'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName',
  ],
  plugs: podPlugs,
});
