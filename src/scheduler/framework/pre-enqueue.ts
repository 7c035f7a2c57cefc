import type { Pod } from '../../kinds/index.js';
import { AttemptState } from '../cycle-state.js';
import type { Gate } from '../queue/step.js';
import { isRejection, statusOf, unschedulable } from '../status.js';
import { toError } from '../../core/index.js';
import type { FrameworkPorts } from './attempt.js';
import type { LoadedPlugin } from './loaded-plugin.js';
import type { Profile } from './profile.js';

/** Never aborts: PreEnqueue answers at once. */
const atOnce = () => new AbortController().signal;

/**
 * Runs PreEnqueue, `first` before the others; gives who keeps the pod out. A plugin that throws keeps it out as well: it
 * is asked again at its next event. Rules: K1, K44.
 */
export function preEnqueue(profile: Profile, ports: FrameworkPorts, pod: Pod, first: string | undefined): Gate | undefined {
  const plugins = profile.at('preEnqueue');
  const ordered = first === undefined ? plugins : [...plugins].sort((a, b) => Number(b.name === first) - Number(a.name === first));
  for (const plugin of ordered) {
    const gate = ask(plugin, ports, pod);
    if (gate) return gate;
  }
  return undefined;
}

function ask(plugin: LoadedPlugin, { log, handle }: FrameworkPorts, pod: Pod): Gate | undefined {
  try {
    const answer = plugin.points.preEnqueue?.({ pod, config: plugin.config, state: new AttemptState(), signal: atOnce(), log, scheduler: handle });
    const status = statusOf(plugin.name, 'preEnqueue', answer);
    return isRejection(status) ? { plugin: plugin.name, status } : undefined;
  } catch (thrown) {
    const error = toError(thrown);
    log.error('a plugin failed before a pod entered the queue', { plugin: plugin.name, pod: `${pod.metadata.namespace}/${pod.metadata.name}`, error });
    return { plugin: plugin.name, status: unschedulable(error.message.slice(0, 200)) };
  }
}
