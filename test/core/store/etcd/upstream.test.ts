import { describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { keyedRandom } from '../../../../src/core/runtime/random.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { Unavailable } from '../../../../src/core/store/errors.js';
import { wholeStore } from '../../../../src/core/store/etcd/intervals.js';
import { Upstream } from '../../../../src/core/store/etcd/upstream.js';
import type { WatchRequest, WatchResponse, WireEvent } from '../../../../src/core/store/etcd/watch-messages.js';
import { defaultRing } from '../../../../src/core/store/watch/channel.js';
import type { Calls } from '../../../../src/core/store/etcd/calls.js';
import { upTo, valueCodec, type Value } from '../../../conformance/store/backends.js';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A stream of a server that says what the test says. */
class Stream extends EventEmitter {
  readonly requests: WatchRequest[] = [];

  write(request: WatchRequest): void {
    this.requests.push(request);
  }

  cancel(): void {
    this.emit('status', { code: 1, details: 'cancelled' });
  }

  say(part: Partial<WatchResponse>): void {
    this.emit('data', { header: { clusterId: 1n, revision: 0n }, created: false, canceled: false, compactRevision: 0n, cancelReason: '', fragment: false, events: [], sizeBytes: 100, ...part });
  }

  breakOff(): void {
    this.emit('status', { code: 14, details: 'reset' });
  }
}

function put(key: string, modRevision: bigint): WireEvent {
  return { deleted: false, kv: { key: bytes(key), createRevision: modRevision, modRevision, version: 1n, value: bytes('{"data":1}'), lease: 0n }, prev: undefined };
}

/** A watch after revision 4, and the streams that it opens. */
function opened() {
  const clock = virtualClock();
  const streams: Stream[] = [];
  const waits: number[] = [];
  const calls = {
    stream: () => {
      const stream = new Stream();
      streams.push(stream);
      waits.push(clock.now());
      return Promise.resolve({ endpoint: { url: 'http://a' }, stream });
    },
    streamFault: () => new Unavailable('reset'),
  } as unknown as Calls;
  const upstream = new Upstream<Value>({
    ...wholeStore, after: 4n, calls, codec: valueCodec(), runtime: systemRuntime({ clock, random: keyedRandom(1) }), ring: defaultRing, progress: true,
    checkHistory: () => Promise.resolve(), onHeader: () => {}, onStopped: () => {},
  });
  const watch = upstream.join('', { after: 4n });
  void upstream.run();
  return { clock, streams, waits, watch };
}

describe('a watcher at the server', () => {
  test('S78 events that a server repeats after a reconnect are dropped', async () => {
    const { clock, streams, watch } = opened();
    await clock.quiet();
    streams[0]?.say({ created: true });
    streams[0]?.say({ events: [put('a', 5n), put('b', 6n)] });
    streams[0]?.breakOff();
    await clock.advance(1_000);
    streams[1]?.say({ created: true });
    streams[1]?.say({ events: [put('a', 5n), put('b', 6n), put('c', 7n)] });

    expect((await upTo(watch, 7n)).map(({ revision, events }) => [revision, events.map(({ key }) => key)])).toEqual([[5n, ['a']], [6n, ['b']], [7n, ['c']]]);
  });

  test('S36 S78 each stream starts at the revision after the last one delivered', async () => {
    const { clock, streams, watch } = opened();
    await clock.quiet();
    streams[0]?.say({ events: [put('a', 5n), put('b', 9n)] });
    streams[0]?.breakOff();
    await clock.advance(1_000);
    // What came in a part of an answer was not delivered, and is asked for again (S77).
    streams[1]?.say({ events: [put('c', 10n)], fragment: true });
    streams[1]?.breakOff();
    await clock.advance(2_000);
    streams[2]?.say({ events: [put('c', 10n), put('d', 10n)] });

    expect((await upTo(watch, 10n)).map(({ revision, events }) => [revision, events.length])).toEqual([[5n, 1], [9n, 1], [10n, 2]]);
    expect(streams.map(({ requests }) => requests[0])).toMatchObject([{ startRevision: 5n }, { startRevision: 10n }, { startRevision: 10n }]);
  });

  test('S36 repairs wait from 50 ms, doubling to 2 s, with jitter', async () => {
    const { clock, streams, waits } = opened();
    await clock.quiet();
    for (let i = 0; i < 10; i++) {
      streams.at(-1)?.breakOff();
      await clock.advance(2_000);
    }
    const pauses = waits.slice(1).map((at, i) => at - i * 2_000);
    pauses.forEach((pauseMs, i) => {
      const most = Math.min(2_000, 50 * 2 ** i);
      expect(pauseMs).toBeGreaterThanOrEqual(most / 2);
      expect(pauseMs).toBeLessThanOrEqual(most);
    });
    expect(new Set(pauses.slice(6)).size).toBeGreaterThan(1);
  });
});
