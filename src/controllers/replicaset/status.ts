import type { Pod, ReplicaSet, ReplicaSetStatus } from '../../kinds/index.js';
import { availableAt, isActive, isReady, isTerminal, isTerminating } from '../pod-facts.js';

/** What went wrong in a pass. */
export interface PassFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export interface StatusResult {
  readonly status: ReplicaSetStatus;
  /** Wall time in milliseconds at which a pod becomes available by waiting alone (C39). */
  readonly nextChangeAtMs: number | undefined;
}

/**
 * The set's status for the pods that are its own. `failure` is the last pass's; `now` is wall time, as number and
 * text. Rules: C38, C39, C6.
 */
export function replicaSetStatus(set: ReplicaSet, kept: readonly Pod[], failure: PassFailure | undefined, now: { readonly ms: number; readonly text: string }): StatusResult {
  const active = kept.filter(isActive);
  const wanted = Object.entries(set.spec.template?.metadata?.labels ?? {});
  const availableTimes = active.flatMap((pod) => availableAt(pod, set.spec.minReadySeconds ?? 0) ?? []);
  const future = availableTimes.filter((at) => at > now.ms);
  const conditions = withFailure(set.status?.conditions ?? [], failure, now.text);
  return {
    status: {
      replicas: active.length,
      fullyLabeledReplicas: active.filter(({ metadata: { labels = {} } }) => wanted.every(([label, value]) => labels[label] === value)).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: availableTimes.length - future.length,
      terminatingReplicas: kept.filter((pod) => isTerminating(pod) && !isTerminal(pod)).length,
      observedGeneration: Math.max(set.metadata.generation, set.status?.observedGeneration ?? 0),
      ...(conditions.length > 0 ? { conditions } : {}),
    },
    nextChangeAtMs: future.length > 0 ? Math.min(...future) : undefined,
  };
}

type Conditions = NonNullable<ReplicaSetStatus['conditions']>;

/** ReplicaFailure is there while the last pass failed, and keeps its first reason as upstream does. */
function withFailure(before: Conditions, failure: PassFailure | undefined, now: string): Conditions {
  const others = before.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others.length === before.length ? before : others;
  if (others.length < before.length) return before;
  return [...before, { type: 'ReplicaFailure', status: 'True', reason: failure.reason, message: failure.message, lastTransitionTime: now }];
}
