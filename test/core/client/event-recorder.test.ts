import { describe, expect, test } from '@jest/globals';
import { createClient } from '../../../src/core/client/direct-client.js';
import { EventLedger } from '../../../src/core/client/event-ledger.js';
import { eventRecorder } from '../../../src/core/client/event-recorder.js';
import { Event } from '../../../src/core/resource/event.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { silent, type Logger } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { Widget, openWorld, type World } from '../api/harness.js';

async function recording(world: World, options: { readonly log?: Logger; readonly api?: World['api'] } = {}) {
  const client = createClient({ api: options.api ?? world.api, fieldManager: 'me' });
  const object = await createClient({ api: world.api, fieldManager: 'me' }).create(Widget, { metadata: { name: 'a' }, spec: {} });
  const recorder = eventRecorder({ client, component: 'tester', runtime: { clock: world.clock, random: keyedRandom(7), log: options.log ?? silent } });
  const events = async () => {
    await world.clock.quiet();
    return (await client.list(Event)).map(({ message, count }) => [message, count]);
  };
  return { object, recorder, events, client };
}

describe('the event recorder', () => {
  test('R37 an event is written at once, beside its object, with the fields that people read', async () => {
    await using world = await openWorld();
    const { object, recorder, client } = await recording(world);
    recorder.record(object, 'Warning', 'Broken', 'it broke');
    await world.clock.quiet();

    const [event] = await client.list(Event);
    expect(event).toMatchObject({
      metadata: { namespace: 'default', name: expect.stringMatching(/^a\.[0-9a-f]{16}$/) }, type: 'Warning', reason: 'Broken', message: 'it broke', count: 1,
      source: { component: 'tester' }, involvedObject: { kind: 'Widget', name: 'a', uid: object.metadata.uid }, firstTimestamp: '2030-01-01T00:00:00Z',
    });
    await recorder[Symbol.asyncDispose]();
  });

  test('R37 equal ones within 6 minutes are one series, written at most every 10 s', async () => {
    await using world = await openWorld();
    const { object, recorder, events } = await recording(world);
    for (let i = 0; i < 8; i++) recorder.record(object, 'Normal', 'Tick', 'tock');
    expect(await events()).toEqual([['tock', 1]]);

    await world.clock.advance(9_999);
    expect(await events()).toEqual([['tock', 1]]);
    await world.clock.advance(1);
    expect(await events()).toEqual([['tock', 8]]);

    await world.clock.advance(6 * 60_000);
    recorder.record(object, 'Normal', 'Tick', 'tock');
    expect((await events()).map(([, count]) => count).sort()).toEqual([1, 8]);
    await recorder[Symbol.asyncDispose]();
  });

  test('R37 more than 10 messages of one reason are collapsed, more than 25 events of one object are cut', async () => {
    await using world = await openWorld();
    const { object, recorder, events } = await recording(world);
    for (let i = 0; i < 40; i++) recorder.record(object, 'Normal', 'Tick', `message ${String(i)}`);
    const told = await events();

    expect(told).toHaveLength(11);
    expect(told.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(25);
    expect(told.filter(([message]) => String(message).startsWith('(combined from similar events): '))).toHaveLength(1);
    await recorder[Symbol.asyncDispose]();
  });

  test('R37 a write that fails is logged and fails nobody', async () => {
    await using world = await openWorld();
    const lines: string[] = [];
    const broken = { ...world.api, create: () => Promise.reject(new Error('no')) } as unknown as World['api'];
    const { object, recorder } = await recording(world, { api: broken, log: { ...silent, warn: (line) => lines.push(line) } });
    recorder.record(object, 'Normal', 'Tick', 'tock');
    await world.clock.quiet();

    expect(lines).toEqual(['an event could not be written']);
    await recorder[Symbol.asyncDispose]();
  });

  test('R37 at most 1,000 series wait; what comes beyond is counted by the caller', () => {
    const ledger = new EventLedger();
    const object = (i: number) => ({ metadata: { uid: `u${String(i)}`, name: 'a' } }) as unknown as KubeObject;
    const noted = Array.from({ length: 1_001 }, (_, i) => ledger.note(object(i), 'Normal', 'r', 'm', 0, 0));

    expect(noted.filter((one) => one === 'pending')).toHaveLength(1_000);
    expect(noted.at(-1)).toBe('overflow');
  });

  test('R37 a told object may speak again: one event for each five minutes', () => {
    const ledger = new EventLedger();
    const object = { metadata: { uid: 'u', name: 'a' } } as unknown as KubeObject;
    const at = (now: number) => ledger.note(object, 'Normal', 'r', `m${String(now)}`, now, now);
    for (let i = 0; i < 25; i++) expect(at(i)).toBe('pending');

    expect(at(1_000)).toBe('limited');
    expect(at(5 * 60_000)).toBe('pending');
    expect(at(5 * 60_000 + 1)).toBe('limited');
  });
});
