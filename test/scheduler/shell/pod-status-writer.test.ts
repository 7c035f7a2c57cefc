import { describe, expect, test } from '@jest/globals';
import { silent } from '../../../src/core/index.js';
import { Pod } from '../../../src/kinds/index.js';
import { PodStatusWriter } from '../../../src/scheduler/shell/pod-status-writer.js';
import { appOf, asWritten, type TestApp } from '../app.js';
import { pod } from '../builders.js';

const no = { reason: 'Unschedulable', message: 'no room' } as const;

async function withWriter(body: (one: TestApp & { readonly writer: PodStatusWriter; readonly stale: Pod }) => Promise<void>): Promise<void> {
  const one = await appOf([], []);
  const stale = await one.app.client.create(Pod, asWritten(pod({ name: 'web' })));
  await body({ ...one, stale, writer: new PodStatusWriter({ client: one.app.client, clock: one.clock, log: silent }) });
  await one.app.stop();
}

describe('status of pods', () => {
  test('K22 is written only if it changes', () => withWriter(async ({ app, writer, stale }) => {
    await writer.write(stale, { unscheduled: no });
    const first = await app.client.get(Pod, 'web', { live: true });
    await writer.write(stale, { unscheduled: no });
    expect((await app.client.get(Pod, 'web', { live: true }))?.metadata.resourceVersion).toBe(first?.metadata.resourceVersion);
  }));

  test('K22 keeps what others wrote meanwhile', () => withWriter(async ({ app, writer, stale }) => {
    await app.client.subresource(Pod, 'status').patch('web', { status: { conditions: [{ type: 'example.com/Ready', status: 'True' }] } });
    await writer.write(stale, { unscheduled: no, nominatedNodeName: 'n' });
    const status = (await app.client.get(Pod, 'web', { live: true }))?.status;
    expect(status?.conditions?.map(({ type, status: is }) => [type, is])).toEqual([['example.com/Ready', 'True'], ['PodScheduled', 'False']]);
    expect(status?.nominatedNodeName).toBe('n');
    await writer.write(stale, { nominatedNodeName: '' });
    expect((await app.client.get(Pod, 'web', { live: true }))?.status?.nominatedNodeName).toBeUndefined();
  }));

  test('only the newest of many wishes follows the one that is being written', () => withWriter(async ({ app, writer, stale }) => {
    for (const message of ['one', 'two', 'three', 'four']) void writer.write(stale, { unscheduled: { reason: 'Unschedulable', message } });
    expect(writer.pending).toBe(1);
    await writer.idle();
    const written = await app.client.get(Pod, 'web', { live: true });
    expect([written?.status?.conditions?.[0]?.message, written?.metadata.generation, writer.pending]).toEqual(['four', 1, 0]);
  }));

  test('a pod that is gone, or another of its name, is left alone', () => withWriter(async ({ app, writer, stale }) => {
    await app.client.delete(Pod, 'web', { gracePeriodSeconds: 0 });
    await writer.write(stale, { unscheduled: no });
    await app.client.create(Pod, asWritten(pod({ name: 'web' })));
    await writer.write(stale, { unscheduled: no });
    expect((await app.client.get(Pod, 'web', { live: true }))?.status?.conditions ?? []).toEqual([]);
  }));
});
