import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { systemClock } from '../../../src/core/runtime/clock.js';
import { etcd } from '../../../src/core/store/etcd/index.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { ourPlayer } from './ours.js';
import { readRecorded, recordedPrograms } from './recorded.js';
import { compareTraces, normalised } from './trace.js';

const recorded = readRecorded();

/** The programs answer as kube-apiserver did when it was asked, over every store alike. */
function replay(provider: Parameters<typeof ourPlayer>[0]): void {
  test.each(recordedPrograms.map((program) => [program.id, program] as const))('%s', async (id, program) => {
    await using player = ourPlayer(provider);
    const trace = recorded.get(id);
    expect(trace).toBeDefined();
    expect(compareTraces(trace as ReturnType<typeof normalised>, normalised(await player.play(program))).differences).toEqual([]);
  });
}

describe('as recorded from kube-apiserver, over memory', () => { replay(() => memory()); });

describe('as recorded from kube-apiserver, over memory with a folder', () => {
  let root = '';
  let count = 0;
  beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'setpoint-replay-')); });
  afterAll(async () => { await rm(root, { recursive: true, force: true }); });
  replay(() => memory({ dir: join(root, String(++count)) }));
});

describe('as recorded from kube-apiserver, over etcd', () => {
  let server: EtcdProcess | undefined;
  let count = 0;
  beforeAll(async () => { server = await etcdForTests(); });
  afterAll(async () => { await server?.stop(); });
  replay(() => etcd(server?.endpoints ?? [], { prefix: `/replay-${String(++count)}`, clock: systemClock() }));
});
