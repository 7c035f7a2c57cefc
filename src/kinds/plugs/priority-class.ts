import type { AdmissionPlugin, Strategy } from '../../core/api/plugs.js';
import type { PriorityClass } from '../priority-class-object.js';
import { forbidden } from '../../core/resource/validation/causes.js';

/** Classes that exist without an object (A101). */
export const systemClasses: { readonly [name: string]: number } = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };
const highestUserPriority = 1_000_000_000;

/** Reserved names, the range of values, and what may not change. Rule: A101. */
export const priorityClassStrategy: Strategy = {
  prepareForCreate({ metadata }) {
    // It has one generation, since nothing that counts can change.
    metadata['generation'] = 1;
  },
  validate(object) {
    // The api gives this strategy PriorityClasses only.
    const { metadata: { name }, value } = object as PriorityClass;
    if (name.startsWith('system-')) {
      if (Object.hasOwn(systemClasses, name) && systemClasses[name] === value) return [];
      const why = Object.hasOwn(systemClasses, name) ? `value of ${name} PriorityClass must be ${String(systemClasses[name])}` : `${name} is not a known system priority class`;
      return [forbidden('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`)];
    }
    return value > highestUserPriority ? [forbidden('value', `maximum allowed value of a user defined priority is ${String(highestUserPriority)}`)] : [];
  },
  validateUpdate(object, old) {
    const now = object as PriorityClass;
    const before = old as PriorityClass;
    return [
      ...(now.value === before.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
      ...(now.preemptionPolicy === before.preemptionPolicy ? [] : [forbidden('preemptionPolicy', 'may not be changed in an update.')]),
    ];
  },
};

/** At most one class is the default. */
export const singleDefault: AdmissionPlugin = {
  name: 'Priority',
  type: 'validating',
  handles: ({ operation, subresource }) => subresource === undefined && (operation === 'CREATE' || operation === 'UPDATE'),
  async admit({ kind, object, name }, { api }) {
    if (object?.['globalDefault'] !== true) return undefined;
    // Read through the kind that was asked for, so that this file need not import the handle that uses it.
    const { items } = await api.list(kind, {});
    const other = items.find((item) => (item as PriorityClass).globalDefault === true && item.metadata.name !== (name ?? object.metadata.name));
    return other ? { deny: `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist` } : undefined;
  },
};
