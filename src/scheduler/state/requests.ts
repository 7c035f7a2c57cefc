import type { Container, Pod } from '../../kinds/index.js';
import { addAll, larger, maxAll, plus, type Amount, type Amounts } from './amount.js';
import { amountsOf, type QuantityTable } from './quantities.js';

/** What one pod asks of a node. */
export interface PodRequests {
  /** True requests: filters and BalancedAllocation (K50). */
  readonly requests: Amounts;
  /** With defaults for what no container names, cpu and memory only: the scores of Fit (K52). */
  readonly nonZero: NonZero;
}
export interface NonZero {
  readonly cpu: Amount;
  readonly memory: Amount;
}

/** What a container counts that names no cpu (milli-cores) or no memory (bytes), so that it does not look free. Rule: K52. */
const assumedCpu = 100;
const assumedMemory = 209_715_200;

/** What containers ask; of a resize in place also what is allocated and what runs (K51). */
type AmountsOf = (container: Container) => Amounts;

/** The requests of a pod that is not placed yet. Rules: K50, K52, K53. */
export function requestsOf(pod: Pod): PodRequests {
  return gather(pod, (container) => amountsOf(container.resources?.requests));
}

/**
 * The requests that a placed pod counts with: under a resize in place the largest of what is asked, allocated and
 * running; when the resize is infeasible, what is asked does not count. Rule: K51.
 */
export function placedRequestsOf(pod: Pod): PodRequests {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
    .filter((status) => status.allocatedResources !== undefined || status.resources !== undefined);
  if (statuses.length === 0) return requestsOf(pod);
  const infeasible = pod.status?.conditions?.some((c) => c.type === 'PodResizePending' && c.reason === 'Infeasible') ?? false;
  return gather(pod, (container) => {
    const status = statuses.find((s) => s.name === container.name);
    const asked = amountsOf(container.resources?.requests);
    if (!status) return asked;
    const running = maxAll(amountsOf(status.allocatedResources), amountsOf(status.resources?.requests));
    return infeasible ? running : maxAll(asked, running);
  });
}

function gather(pod: Pod, of: AmountsOf): PodRequests {
  const podLevel = amountsOf(podLevelRequests(pod));
  const overhead = amountsOf(pod.spec.overhead);
  const finish = (sum: Amounts) => addAll(new Map([...sum, ...podLevel]), overhead);
  const filled = finish(aggregate(pod, (container) => withDefaults(of(container), podLevel)));
  return {
    requests: finish(aggregate(pod, of)),
    nonZero: { cpu: filled.get('cpu') ?? 0, memory: filled.get('memory') ?? 0 },
  };
}

/** max( Σ containers + Σ sidecars, max over init containers of (init + sidecars before it) ). Rule: K50. */
function aggregate(pod: Pod, of: AmountsOf): Amounts {
  let running: Amounts = new Map();
  for (const container of pod.spec.containers) running = addAll(running, of(container));
  let sidecars: Amounts = new Map();
  let starting: Amounts = new Map();
  for (const init of pod.spec.initContainers ?? []) {
    const own = of(init);
    if (init.restartPolicy === 'Always') {
      sidecars = addAll(sidecars, own);
      starting = maxAll(starting, sidecars);
    } else {
      starting = maxAll(starting, addAll(own, sidecars));
    }
  }
  return maxAll(addAll(running, sidecars), starting);
}

/** Only these may be given for the pod as a whole. */
function podLevelRequests(pod: Pod): QuantityTable | undefined {
  const given = pod.spec.resources?.requests;
  if (!given) return undefined;
  return Object.fromEntries(Object.entries(given).filter(([name]) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')));
}

function withDefaults(amounts: Amounts, podLevel: Amounts): Amounts {
  const filled = new Map(amounts);
  if (!filled.has('cpu') && !podLevel.has('cpu')) filled.set('cpu', assumedCpu);
  if (!filled.has('memory') && !podLevel.has('memory')) filled.set('memory', assumedMemory);
  return filled;
}

/** Σ of non-zero views. */
export function plusNonZero(a: NonZero, b: NonZero): NonZero {
  return { cpu: plus(a.cpu, b.cpu), memory: plus(a.memory, b.memory) };
}

/** The request of one resource as Fit's scores see it: cpu and memory with their defaults (K52). */
export function scoredRequest(pod: PodRequests, resource: string): Amount {
  if (resource === 'cpu') return larger(pod.nonZero.cpu, 0);
  if (resource === 'memory') return larger(pod.nonZero.memory, 0);
  return pod.requests.get(resource) ?? 0;
}
