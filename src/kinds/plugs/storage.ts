import type { AdmissionPlugin, KindPlugs } from '../../core/api/plugs.js';
import { timestamp } from '../../core/runtime/clock.js';

/** Keeps what is in use until its controller says that it is not. */
function protectedBy(finalizer: string): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    type: 'mutating',
    handles: ({ operation, subresource }) => subresource === undefined && operation === 'CREATE',
    admit({ object }) {
      const finalizers = object?.metadata['finalizers'];
      const given = Array.isArray(finalizers) ? (finalizers as readonly unknown[]) : [];
      if (object && !given.includes(finalizer)) object.metadata['finalizers'] = [...given, finalizer];
    },
  };
}

export const persistentVolumePlugs: KindPlugs = {
  strategy: {
    prepareForCreate(object, { clock }) { object['status'] = { phase: 'Pending', lastPhaseTransitionTime: timestamp(clock.wall()) }; },
    returnsDeleted: true,
  },
  admission: [protectedBy('kubernetes.io/pv-protection')],
};

export const persistentVolumeClaimPlugs: KindPlugs = {
  strategy: { prepareForCreate(object) { object['status'] = { phase: 'Pending' }; }, returnsDeleted: true },
  admission: [protectedBy('kubernetes.io/pvc-protection')],
};

export const volumeAttributesClassPlugs: KindPlugs = { strategy: { returnsDeleted: true }, admission: [protectedBy('kubernetes.io/vac-protection')] };
