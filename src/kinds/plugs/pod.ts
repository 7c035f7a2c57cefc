import type { KindPlugs, Strategy } from '../../core/api/plugs.js';
import { forbidden } from '../../core/resource/validation/causes.js';
import { timestamp } from '../../core/runtime/clock.js';
import type { Pod } from '../core-v1/pod-object.js';
import { binding } from './binding.js';
import { defaultTolerationSeconds } from './default-toleration-seconds.js';
import { eviction } from './eviction.js';
import { defaultPod } from './pod-defaults.js';
import { nameWarnings, podWarnings } from './pod-warnings.js';
import { podSpecUpdate } from './pod-update.js';
import { podSpecCauses } from './pod-validation.js';
import { podPriority } from './pod-priority.js';
import { qosClass } from './qos-class.js';

const defaultGraceSeconds = 30;

/** Defaults, first status, what may change, and the grace of a pod. Rules: T9–T11, A60. */
export const podStrategy: Strategy = {
  default: defaultPod,
  prepareForCreate(object, { clock }) {
    // The schema was not asked yet, but the shape of a spec is enough for both.
    const pod = object as unknown as Pod;
    const gated = (pod.spec.schedulingGates ?? []).length > 0;
    object['status'] = {
      phase: 'Pending',
      qosClass: qosClass(pod.spec),
      ...(gated ? { conditions: [{
        type: 'PodScheduled', status: 'False', lastTransitionTime: timestamp(clock.wall()),
        reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates',
      }] } : {}),
    };
  },
  // On updates they would be told again and again, to controllers mostly.
  warnings: (object, old) => (old ? [] : [...nameWarnings(object.metadata.name, 'the Pod'), ...podWarnings((object as Pod).spec, 'spec')]),
  validate: (object) => podSpecCauses((object as Pod).spec, 'spec'),
  validateCreate(object) {
    const { spec } = object as Pod;
    const gated = (spec.schedulingGates ?? []).length > 0;
    return [
      ...((spec.ephemeralContainers ?? []).length > 0 ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')] : []),
      ...(gated && spec.nodeName !== undefined && spec.nodeName !== '' ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')] : []),
    ];
  },
  validateUpdate: (object, old) => podSpecUpdate((object as Pod).spec, (old as Pod).spec),
  gracePeriodSeconds(object, asked) {
    const { spec, status } = object as Pod;
    // Nobody runs it, so nobody would end it.
    if (spec.nodeName === undefined || spec.nodeName === '' || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
    const seconds = asked ?? spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
    return seconds < 0 ? 1 : seconds;
  },
  returnsDeleted: true,
};

/** What only pods have. */
export const podPlugs: KindPlugs = {
  strategy: podStrategy,
  subresources: { binding, eviction },
  admission: [podPriority, defaultTolerationSeconds],
};
