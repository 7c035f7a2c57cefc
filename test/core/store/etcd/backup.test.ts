import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { freeEtcdPorts, type EtcdProcess } from '../../../../src/cli/etcd-process.js';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { backupStore, restoreStore } from '../../../../src/core/store/backup-store.js';
import { Unavailable } from '../../../../src/core/store/errors.js';
import { backupEtcd } from '../../../../src/core/store/etcd/backup-etcd.js';
import { etcd } from '../../../../src/core/store/etcd/index.js';
import { memory } from '../../../../src/core/store/memory/memory.js';
import { endOf, get, put, takeBatches, value, valueCodec } from '../../../conformance/store/backends.js';
import { etcdForTests } from '../../../integration/etcd-process.js';
import { movesRevisions, restoreSnapshot } from '../../../integration/etcd-snapshot.js';

type CallsOfBackup = Parameters<typeof backupEtcd>[0];

describe('backup of etcd', () => {
  let folder = '';
  let server: EtcdProcess | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'setpoint-backup-'));
    server = await etcdForTests();
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('S88 S90 S91 the snapshot of a server becomes a store in a folder, every item as it was', async () => {
    const runtime = systemRuntime();
    const source = etcd(server?.endpoints ?? []);
    const store = await source.open(valueCodec(), runtime);
    const { id } = await store.lease.grant(600);
    // Enough for a tree of several levels.
    for (let i = 0; i < 60; i++) {
      await store.txn({ compare: [], then: Array.from({ length: 100 }, (_, j) => ({ type: 'put' as const, key: `/k/${String(i)}/${String(j)}`, value: value('x'.repeat(i * 5)), ...(j === 0 ? { lease: id } : {}) })) });
    }
    await store.txn({ compare: [], then: [{ type: 'delete', prefix: '/k/3/' }] });
    await store.txn({ compare: [], then: [{ type: 'put', key: '/k/4/4', value: value('again') }, { type: 'put', key: '/k/ä\u{10000}', value: value(1) }] });
    const before = await store.range({ prefix: '' });
    await store[Symbol.asyncDispose]();

    const path = join(folder, 'etcd.db');
    const backup = await backupStore(source, path);
    const bytes = readFileSync(path);
    expect(backup).toEqual({ path, sizeBytes: bytes.length, sha256: bytes.subarray(-32).toString('hex') });
    expect(createHash('sha256').update(bytes.subarray(0, -32)).digest('hex')).toBe(backup.sha256);
    expect(readdirSync(folder)).toEqual(['etcd.db']);

    const dir = join(folder, 'restored');
    const restored = await restoreStore({ from: path, dir });
    expect(restored).toMatchObject({ items: before.items.length, backupRevision: before.revision, revision: before.revision + 1_000_000_000n });
    const again = await memory({ dir }).open(valueCodec(), runtime);
    const after = await again.range({ prefix: '' });
    expect(after.items.map(({ key, value: v, createRevision, modRevision, version, lease }) => ({ key, value: v, createRevision, modRevision, version, lease }))).toEqual(before.items);
    expect(await again.lease.keepAlive(id)).toEqual({ ttlSeconds: 600 });
    await again[Symbol.asyncDispose]();
  }, 60_000);

  test.each(movesRevisions() ? [true, false] : [false])('S37 S89 S90 etcd restores it unchanged, and who used the store before hears of it (revisions moved on: %s)', async (bumped) => {
    const [ports, data, path] = [await freeEtcdPorts(), mkdtempSync(join(folder, 'data-')), join(folder, `living-${String(bumped)}.db`)];
    const first = await etcdForTests({ dir: data, ports });
    const source = etcd(first.endpoints);
    const store = await source.open(valueCodec(), systemRuntime());
    const { revision } = await put(store, 'a', 'kept');
    await backupStore(source, path);
    await put(store, 'a', 'lost');
    const last = await put(store, 'b', 'lost');
    const watch = store.watch({ prefix: '', after: revision });
    await takeBatches(watch, 2);

    const ended = endOf(watch);
    await first.stop();
    rmSync(data, { recursive: true });
    await restoreSnapshot({ from: path, dir: data, ports, bumped });
    const second = await etcdForTests({ dir: data, ports });

    expect(await ended).toMatchObject({ code: bumped ? 'Compacted' : 'StoreRolledBack' });
    expect([(await get(store, 'a'))?.value.data, await get(store, 'b')]).toEqual(['kept', undefined]);
    if (bumped) expect((await put(store, 'c', 'new')).revision).toBeGreaterThan(last.revision);
    await expect(store.range({ prefix: '', revision: last.revision })).rejects.toMatchObject({ code: bumped ? 'Compacted' : 'FutureRevision' });
    await store[Symbol.asyncDispose]();
    await second.stop();
  });

  test('S91 a file that is no snapshot, with a good checksum, is BackupCorrupt', async () => {
    const content = Buffer.alloc(32_768, 7);
    const path = join(folder, 'nothing.db');
    writeFileSync(path, Buffer.concat([content, createHash('sha256').update(content).digest()]));

    await expect(restoreStore({ from: path, dir: join(folder, 'none') })).rejects.toMatchObject({ code: 'BackupCorrupt' });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  const content = Buffer.alloc(1_024, 1);
  const digest = createHash('sha256').update(content).digest();
  const runtime = systemRuntime({ clock: virtualClock() });
  /** A server that sends these pieces, and then ends or fails. */
  const sending = (pieces: Iterable<Uint8Array>, failure?: Error): CallsOfBackup => (fake({
    download: async () => {
      const stream = Readable.from((async function* () {
        for (const blob of pieces) yield { blob };
        if (failure) throw failure;
      })());
      return { endpoint: { url: 'http://x' }, stream: Object.assign(stream, { cancel: () => { stream.destroy(); } }) };
    },
    streamFault: (_what: string, { details }: { readonly details: string }) => new Unavailable(details),
  }));
  /** As much of calls and streams of grpc-js as is used. */
  const fake = (calls: object) => calls as CallsOfBackup;

  test('S88 a whole stream, in whatever pieces', async () => {
    const all = Buffer.concat([content, digest]);
    for (const at of [1, 500, 1_010, 1_024, 1_050]) {
      const path = join(folder, `whole-${String(at)}`);
      await backupEtcd(sending([all.subarray(0, at), all.subarray(at)]), runtime, path, undefined);
      expect(readFileSync(path)).toEqual(all);
    }
  });

  test('S88 a large snapshot passes through in pieces: the server is not read faster than the file is written', async () => {
    const path = join(folder, 'large');
    const piece = Buffer.alloc(32_768, 1);
    const hash = createHash('sha256');
    let [sent, most] = [0, 0];
    const pieces = function* () {
      for (let i = 0; i < 1_000; i++) {
        const written = existsSync(`${path}.tmp`) ? statSync(`${path}.tmp`).size : 0;
        most = Math.max(most, sent - written);
        hash.update(piece);
        sent += piece.length;
        yield piece;
      }
      yield hash.digest();
    };

    await backupEtcd(sending(pieces()), runtime, path, undefined);
    expect(statSync(path).size).toBe(1_000 * piece.length + 32);
    // Streams of Node hold 16 objects, and a few are on their way.
    expect(most).toBeLessThan(24 * piece.length);
  });

  test.each([
    ['a wrong digest', [content, Buffer.alloc(32)], undefined],
    ['no digest', [content], undefined],
    ['a part only', [content.subarray(0, 512), digest.subarray(0, 10)], undefined],
    ['a stream that breaks', [content], Object.assign(new Error('broken'), { code: 14, details: 'broken' })],
    ['nothing', [], undefined],
  ] as const)('S88 %s is BackupCorrupt and leaves no file', async (name, pieces, failure) => {
    const path = join(folder, name);

    await expect(backupEtcd(sending(pieces, failure), runtime, path, undefined)).rejects.toMatchObject({ code: 'BackupCorrupt' });
    expect([existsSync(path), existsSync(`${path}.tmp`)]).toEqual([false, false]);
  });

  test('S88 a server that refuses is not a damaged backup', async () => {
    await expect(backupEtcd(sending([], Object.assign(new Error(''), { code: 14, details: 'away' })), runtime, join(folder, 'refused'), undefined)).rejects.toMatchObject({ code: 'Unavailable' });
  });

  test('S88 memory without a folder makes no backup', async () => {
    await expect(backupStore(memory(), join(folder, 'x'))).rejects.toMatchObject({ code: 'NoBackup' });
  });
});
