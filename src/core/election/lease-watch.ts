import type { Api } from '../api/api.js';
import { Lease } from '../resource/lease.js';
import type { KubeObject } from '../resource/object.js';
import { sleep } from '../runtime/clock.js';
import type { Runtime } from '../runtime/runtime.js';

export interface LeaseWatchPorts {
  readonly api: Api;
  readonly namespace: string;
  readonly name: string;
  readonly retryMs: number;
  readonly signal: AbortSignal;
  /** `lease: undefined`: it was deleted. */
  onChange(lease: Lease | undefined, resourceVersion: string): void;
}

/** Tells every change of one Lease until the signal aborts. A broken watch begins again; polling is the net under it (L10). */
export async function watchLease(ports: LeaseWatchPorts, rt: Runtime): Promise<void> {
  const { api, namespace, name, signal } = ports;
  while (!signal.aborted) {
    try {
      for await (const events of api.watch(Lease, { namespace }, { fieldSelector: `metadata.name=${name}`, signal })) {
        for (const event of events) {
          if (event.type === 'ADDED' || event.type === 'MODIFIED') ports.onChange(asLease(event.object), event.resourceVersion);
          if (event.type === 'DELETED') ports.onChange(undefined, event.resourceVersion);
        }
      }
    } catch (error) {
      if (!signal.aborted) rt.log.debug('watch of the lease ended', { lease: `${namespace}/${name}`, error });
    }
    await sleep(rt.clock, ports.retryMs * (1 + rt.random.next(`election/watch/${name}`)), signal).catch(() => undefined);
  }
}

/** A watch of leases gives leases. */
function asLease(object: KubeObject): Lease {
  return object as Lease;
}
