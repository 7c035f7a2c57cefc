import { describe, expect, test } from '@jest/globals';
import { crc32c } from '../../../../src/core/store/durable/crc32c.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { endOf, upTo } from '../../../conformance/store/backends.js';
import { fakeDisk, type FakeDisk } from './fake-disk.js';
import { contentOf, get, openOn, put, remove, value } from './setting.js';

const log1 = 'log-000000000001';

/** A folder as a crash leaves it, after so many writes of 60 to 600 bytes. */
async function crashedAfter(writes: number): Promise<{ readonly disk: FakeDisk; readonly ends: readonly number[] }> {
  const disk = fakeDisk();
  const store = await openOn(disk);
  const ends = [disk.content(log1).length];
  for (let i = 0; i < writes; i++) {
    await put(store, `k${String(i)}`, 'x'.repeat(60 * (1 + (i % 10))));
    ends.push(disk.content(log1).length);
  }
  return { disk, ends };
}

function cut(disk: FakeDisk, sizeBytes: number): FakeDisk {
  const copy = disk.after('kill', Math.random);
  copy.put(log1, disk.content(log1).subarray(0, sizeBytes));
  return copy;
}

function flipped(disk: FakeDisk, at: number, bit = 0): FakeDisk {
  const copy = disk.after('kill', Math.random);
  const bytes = Buffer.from(disk.content(log1));
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  copy.put(log1, bytes);
  return copy;
}

describe('recovery', () => {
  test('S64 the checksum is CRC-32C', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.from('xx123456789y'), 2, 11)).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });

  test('S64 a record is its length, its CRC-32C and its payload', async () => {
    const { disk, ends: [start = 0, end = 0] } = await crashedAfter(1);
    const log = disk.content(log1);

    expect(log.readUInt32LE(start)).toBe(end - start - 8);
    expect(log.readUInt32LE(start + 4)).toBe(crc32c(log, start + 8, end));
  });

  test('S66 the log cut at every byte of its last three records: whole records stay, the rest is cut off', async () => {
    const { disk, ends } = await crashedAfter(5);
    const [from = 0, to = 0] = [ends[2], ends[5]];

    for (let at = from; at <= to; at++) {
      const copy = cut(disk, at);
      const store = await openOn(copy);
      const whole = ends.filter((end) => end <= at).length - 1;
      const { revision, items } = await contentOf(store);
      expect([at, revision, items.length]).toEqual([at, BigInt(1 + whole), whole]);
      expect(store.recovery).toEqual({ tornBytes: at - (ends[whole] ?? 0), revision });
      expect((await put(store, 'next', 1)).revision).toBe(revision + 1n);
    }
  });

  test('S66 a flipped bit in the last record cuts it off, anywhere before it is WalCorrupt and changes no file', async () => {
    const { disk, ends } = await crashedAfter(4);
    const last = ends[3] ?? 0;

    for (let at = 0; at < disk.content(log1).length; at++) {
      const copy = flipped(disk, at, at % 8);
      const before = copy.content(log1);
      if (at >= last) {
        const store = await openOn(copy);
        expect((await contentOf(store)).revision).toBe(4n);
        expect(store.recovery?.tornBytes).toBeGreaterThan(0);
        continue;
      }
      await expect(openOn(copy)).rejects.toMatchObject({ code: 'WalCorrupt', applied: 'no', file: log1 });
      expect(copy.content(log1)).toBe(before);
      expect(copy.names()).toEqual([log1, 'reserve']);
    }
  });

  test('S66 a record that is missing in the middle is WalCorrupt', async () => {
    const { disk, ends } = await crashedAfter(4);
    const log = disk.content(log1);
    const copy = disk.after('kill', Math.random);
    const [from = 0, to = 0] = [ends[1], ends[2]];

    for (const taken of [[from, to], [from + 20, to], [from, to - 20], [from + 20, from + 21], [8, to]] as const) {
      copy.put(log1, Buffer.concat([log.subarray(0, taken[0]), log.subarray(taken[1])]));
      await expect(openOn(copy)).rejects.toMatchObject({ code: 'WalCorrupt' });
    }
  });

  test('S66 a value that holds the bytes of a record is not taken for one', async () => {
    const { disk, ends } = await crashedAfter(2);
    const store = await openOn(disk.after('kill', Math.random));
    await store[Symbol.asyncDispose]();
    const copy = disk.after('kill', Math.random);
    const log = disk.content(log1);
    // A torn record, in which another, whole one stands.
    copy.put(log1, Buffer.concat([log, Buffer.from([0xff, 0xff, 0, 0, 1, 2, 3, 4]), log.subarray(ends[1], ends[2])]));

    const again = await openOn(copy);
    expect((await contentOf(again)).revision).toBe(3n);
  });

  test('S66 pages that a power cut lost before pages it kept are torn, not damage', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    await put(store, 'safe', 1);
    const from = Math.ceil(disk.content(log1).length / 512) * 512;
    let stopped = false;
    disk.onOperation = ({ type }) => { if (type === 'sync' && stopped) throw new Error('power cut'); };
    stopped = true;
    const lost = Promise.allSettled(Array.from({ length: 4 }, (_, i) => put(store, `k${String(i)}`, 'x'.repeat(1_000))));
    const bytes = Buffer.from(disk.content(log1));
    bytes.fill(0, from, from + 512);
    await lost;
    const copy = disk.after('kill', Math.random);
    copy.put(log1, bytes);

    const again = await openOn(copy);
    expect((await contentOf(again)).items.map(({ key }) => key)).toEqual(['safe']);
  });

  test('S68 items, revisions, versions, leases and history are there again', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    const { id, ttlSeconds } = await store.lease.grant(10);
    const gone = await store.lease.grant(20);
    await put(store, 'a', 1);
    await put(store, 'a', 2);
    await store.txn({ compare: [], then: [{ type: 'put', key: 'b', value: value(3), lease: id }, { type: 'put', key: 'c', value: value(4), lease: gone.id }] });
    await store.lease.revoke(gone.id);
    await remove(store, 'a');
    await put(store, 'a', 5);
    const before = await contentOf(store);
    const history = await upTo(store.watch({ prefix: '', after: 1n, prev: true }), before.revision);
    await store[Symbol.asyncDispose]();
    expect(disk.names()).toEqual([log1, 'reserve']);

    const clock = virtualClock();
    const again = await openOn(disk, {}, clock);
    expect(await contentOf(again)).toEqual(before);
    expect(await upTo(again.watch({ prefix: '', after: 1n, prev: true }), before.revision)).toEqual(history);
    expect(await again.lease.keepAlive(id)).toEqual({ ttlSeconds });
    await expect(again.lease.keepAlive(gone.id)).rejects.toMatchObject({ code: 'LeaseNotFound' });
    expect((await again.lease.grant(5)).id).toBe(gone.id + 1n);
    await clock.advance(9_999);
    expect(await get(again, 'b')).toBeDefined();
    await clock.advance(1);
    expect(await get(again, 'b')).toBeUndefined();
    expect((await contentOf(again)).revision).toBe(before.revision + 1n);
  });

  test('S52 S68 what was compacted stays compacted', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    for (let i = 0; i < 5; i++) await put(store, 'a', i);
    await store.compact(4n);

    const again = await openOn(disk.after('kill', Math.random));
    await expect(again.range({ prefix: '', revision: 3n })).rejects.toMatchObject({ code: 'Compacted', compactRevision: 4n });
    expect((await again.range({ prefix: '', revision: 4n })).items[0]?.value.data).toBe(2);
  });

  test('S67 S68 history before the snapshot is compacted; its last revision is still told', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk, { snapshotBytes: 2_000 });
    await put(store, 'd', 'old');
    for (let i = 0; !disk.names().includes('snapshot-000000000002'); i++) {
      await store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(i) }, { type: 'delete', key: 'd' }, { type: 'put', key: `k${String(i)}`, value: value(1) }] });
      await virtualClock().quiet();
    }
    const before = await contentOf(store);
    const told = await upTo(store.watch({ prefix: '', after: before.revision - 1n, prev: true }), before.revision);
    await store[Symbol.asyncDispose]();
    expect(disk.names()).toEqual(['log-000000000002', 'reserve', 'snapshot-000000000002']);

    const again = await openOn(disk);
    expect(await contentOf(again)).toEqual(before);
    expect(await upTo(again.watch({ prefix: '', after: before.revision - 1n, prev: true }), before.revision)).toEqual(told);
    expect(await endOf(again.watch({ prefix: '', after: before.revision - 2n }))).toMatchObject({ code: 'Compacted', compactRevision: before.revision });
  });

  test('S66 a bad snapshot with an older good one is passed over; without one it is WalCorrupt', async () => {
    const disk = fakeDisk();
    // The old files stay: the crash came before they were removed.
    disk.onOperation = ({ type, name }) => { if (type === 'remove' && /^(log|snapshot)-\d+$/.test(name)) throw new Error('kept'); };
    const store = await openOn(disk, { snapshotBytes: 3_000 });
    for (let i = 0; !disk.names().includes('snapshot-000000000003'); i++) {
      await put(store, `k${String(i)}`, i);
      await virtualClock().quiet();
    }
    await put(store, 'last', 1);
    const before = await contentOf(store);
    const damaged = disk.after('kill', Math.random);
    const snapshot = Buffer.from(disk.content('snapshot-000000000003'));
    snapshot.writeUInt8(snapshot.readUInt8(100) ^ 1, 100);
    damaged.put('snapshot-000000000003', snapshot);

    expect(await contentOf(await openOn(damaged.after('kill', Math.random)))).toEqual(before);
    const noLog = damaged.after('kill', Math.random);
    await noLog.files.remove('log-000000000002');
    await expect(openOn(noLog)).rejects.toMatchObject({ code: 'WalCorrupt' });
    const noOlder = damaged.after('kill', Math.random);
    for (const name of ['log-000000000001', 'log-000000000002', 'snapshot-000000000002']) await noOlder.files.remove(name);
    await expect(openOn(noOlder)).rejects.toMatchObject({ code: 'WalCorrupt' });
    expect(noOlder.names()).toEqual(['log-000000000003', 'reserve', 'snapshot-000000000003']);
  });

  test('S10 a value that does not decode spoils its own item only, and its bytes are kept', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    await put(store, 'a', 1);
    await put(store, 'b', 2);
    await store[Symbol.asyncDispose]();
    // The value in the log is no JSON any more; the record says so in good order.
    const log = Buffer.from(disk.content(log1));
    const at = log.indexOf('{"data":2}');
    log.write('!', at);
    let record = 0;
    for (let next = 0; next < at; next += 8 + log.readUInt32LE(next)) record = next;
    log.writeUInt32LE(crc32c(log, record + 8, record + 8 + log.readUInt32LE(record)), record + 4);
    disk.put(log1, log);

    const again = await openOn(disk);
    const { items } = await contentOf(again);
    expect(items.map(({ key, corrupt }) => [key, corrupt instanceof Error])).toEqual([['a', false], ['b', true]]);
    await again[Symbol.asyncDispose]();
    expect(disk.content(log1)).toEqual(log);
  });
});
