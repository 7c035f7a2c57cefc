import { toError } from '../../core/index.js';
import type { Attempt } from '../framework/attempt.js';
import { bind, postBind, preBind, preBindPreFlight, type Permitted } from '../framework/committing.js';
import type { Rejection } from '../framework/diagnosis.js';
import type { PermitRoom, WaitEnd } from '../framework/waiting-pods.js';
import type { NodeInfo } from '../state/node-info.js';
import type { PodStatusWriter } from './pod-status-writer.js';
import type { Slots } from './slots.js';

/** How a binding cycle ended. */
export type BindingEnd =
  | { readonly type: 'bound' }
  | { readonly type: 'rejected'; readonly rejection: Rejection }
  | { readonly type: 'preempted' }
  | { readonly type: 'failed'; readonly error: Error };

export interface BindingPorts {
  readonly room: PermitRoom;
  readonly statuses: PodStatusWriter;
  readonly slots: Slots;
}

/** PreBindPreFlight, the wait on Permit, PreBind, Bind, PostBind. Runs beside scheduling cycles. Rules: K1, K2, K15–K18. */
export class BindingCycle {
  readonly #ports: BindingPorts;

  constructor(ports: BindingPorts) {
    this.#ports = ports;
  }

  /** Never rejects. */
  async run(attempt: Attempt, node: NodeInfo, permitted: Exclude<Permitted, { type: 'rejected' }>): Promise<BindingEnd> {
    try {
      return await this.#run(attempt, node, permitted);
    } catch (thrown) {
      return { type: 'failed', error: toError(thrown) };
    }
  }

  async #run(attempt: Attempt, node: NodeInfo, permitted: Exclude<Permitted, { type: 'rejected' }>): Promise<BindingEnd> {
    // Held before anything is awaited, so that the plugins that said Wait find the pod in the room.
    const held = permitted.type === 'waits' ? this.#ports.room.hold(attempt.pod, node.name, permitted.waits) : undefined;
    try {
      const { plugins, anySucceeded } = await preBindPreFlight(attempt, node);
      // What goes on to take its time says first where the pod will be (KEP-5278).
      if (held || anySucceeded) await this.#ports.statuses.write(attempt.pod, { nominatedNodeName: node.name });
      const refused = held && refusal(await held);
      if (refused) return refused;
      return await this.#bind(attempt, node, plugins);
    } catch (thrown) {
      this.#ports.room.drop(attempt.pod.metadata.uid);
      throw thrown;
    }
  }

  async #bind(attempt: Attempt, node: NodeInfo, plugins: Parameters<typeof preBind>[2]): Promise<BindingEnd> {
    await this.#ports.slots.take();
    try {
      const rejection = await preBind(attempt, node, plugins);
      if (rejection) return { type: 'rejected', rejection };
      await bind(attempt, node);
    } finally {
      this.#ports.slots.give();
    }
    postBind(attempt, node);
    return { type: 'bound' };
  }
}

function refusal(end: WaitEnd): BindingEnd | undefined {
  switch (end.type) {
    case 'allowed': return undefined;
    case 'preempted': return { type: 'preempted' };
    case 'rejected': return { type: 'rejected', rejection: { plugin: end.plugin, status: end.status } };
  }
}
