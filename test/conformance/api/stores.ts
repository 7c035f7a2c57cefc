import nodeProcess from 'node:process';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { systemClock } from '../../../src/core/runtime/clock.js';
import { etcd } from '../../../src/core/store/etcd/index.js';
import type { Store } from '../../../src/core/store/provider.js';
import { openWorld, type World, type WorldOptions } from '../../core/api/harness.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';

/** The store that this run is over: `memory`, or an etcd that the file starts itself. */
export const storeName = nodeProcess.env['SETPOINT_STORE'] ?? 'memory';

/** Opens worlds over the store of this run; each has keys of its own. */
export function worlds(): (options?: WorldOptions) => Promise<World> {
  let server: EtcdProcess | undefined;
  let count = 0;
  if (storeName === 'etcd') {
    beforeAll(async () => {
      if (nodeProcess.env['SETPOINT_ENDPOINTS'] === undefined) server = await etcdForTests();
    });
    afterAll(async () => { await server?.stop(); });
  }
  const provider = (): Store | undefined => {
    if (storeName !== 'etcd') return undefined;
    const endpoints = server?.endpoints ?? (nodeProcess.env['SETPOINT_ENDPOINTS'] ?? '').split(',');
    return etcd(endpoints, { prefix: `/w${String(nodeProcess.pid)}-${String(++count)}`, clock: systemClock() });
  };
  return (options = {}) => openWorld({ ...options, provider: provider() });
}

/**
 * The stored object itself. Over etcd, where nobody lists or watches the kind, nothing is kept between two reads, so
 * there it is an equal one.
 */
export function expectStored(actual: unknown, stored: unknown): void {
  if (storeName === 'memory') expect(actual).toBe(stored);
  else expect(actual).toEqual(stored);
}
