import { isReason } from '../../core/api/api-error.js';
import type { AdmissionPlugin, PlugContext } from '../../core/api/plugs.js';
import type { Pod } from '../core-v1/pod-object.js';
import { PriorityClass } from '../scheduling-v1.js';
import { systemClasses } from './priority-class.js';
import { treeOf } from './tree.js';

interface Resolved {
  readonly name?: string;
  readonly value: number;
  readonly preemptionPolicy: 'PreemptLowerPriority' | 'Never';
}

const none: Resolved = { value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/** Turns a pod's priority class into its number and preemption policy. Rule: A101. */
export const podPriority: AdmissionPlugin = {
  name: 'Priority',
  type: 'mutating',
  handles: ({ operation, subresource }) => subresource === undefined && (operation === 'CREATE' || operation === 'UPDATE'),
  async admit({ operation, object, oldObject }, context) {
    const spec = treeOf(object?.['spec']);
    if (!spec) return undefined;
    if (operation === 'UPDATE') {
      // A client that read the pod before it was resolved must not take its priority away.
      const old = (oldObject as Pod | undefined)?.spec;
      if (spec['priority'] === undefined && old?.priority !== undefined) spec['priority'] = old.priority;
      if (spec['preemptionPolicy'] === undefined && old?.preemptionPolicy !== undefined) spec['preemptionPolicy'] = old.preemptionPolicy;
      return undefined;
    }
    const name = spec['priorityClassName'];
    const resolved = typeof name === 'string' && name !== '' ? await byName(name, context) : await byDefault(context);
    if (!resolved) return { deny: `no PriorityClass with name ${String(name)} was found` };
    const { priority, preemptionPolicy } = spec as Partial<Pod['spec']>;
    if (priority !== undefined && priority !== resolved.value) {
      return { deny: `the integer value of priority (${String(priority)}) must not be provided in pod spec; priority admission controller computed ${String(resolved.value)} from the given PriorityClass name` };
    }
    if (preemptionPolicy !== undefined && preemptionPolicy !== resolved.preemptionPolicy) {
      return { deny: `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${resolved.preemptionPolicy} from the given PriorityClass name` };
    }
    if (resolved.name !== undefined) spec['priorityClassName'] = resolved.name;
    spec['priority'] = resolved.value;
    spec['preemptionPolicy'] = resolved.preemptionPolicy;
    return undefined;
  },
};

async function byName(name: string, { api }: PlugContext): Promise<Resolved | undefined> {
  if (Object.hasOwn(systemClasses, name)) return { ...none, name, value: systemClasses[name] ?? 0 };
  try {
    // The api answers with an object of the kind that was asked for.
    return resolvedBy(await api.get(PriorityClass, { name }) as PriorityClass);
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined;
    throw error;
  }
}

async function byDefault({ api }: PlugContext): Promise<Resolved> {
  try {
    const { items } = await api.list(PriorityClass, {});
    const defaults = (items as readonly PriorityClass[]).filter(({ globalDefault }) => globalDefault === true);
    // Two defaults can meet in a race of creates; as upstream, the lower one counts.
    const lowest = defaults.reduce<PriorityClass | undefined>((low, one) => (low === undefined || one.value < low.value ? one : low), undefined);
    return lowest ? resolvedBy(lowest) : none;
  } catch (error) {
    // An api that does not serve the kind has no default class.
    if (isReason(error, 'NotFound')) return none;
    throw error;
  }
}

function resolvedBy({ metadata, value, preemptionPolicy }: PriorityClass): Resolved {
  return { name: metadata.name, value, preemptionPolicy: preemptionPolicy ?? 'PreemptLowerPriority' };
}
