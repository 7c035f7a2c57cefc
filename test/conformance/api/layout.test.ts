import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from '../../../src/index.js';
import { objectCodec } from '../../../src/core/api/codec.js';
import { createApi } from '../../../src/core/api/local-api.js';
import { resourcePrefix, objectKey } from '../../../src/core/api/layout.js';
import { qualifiedKind, type AnyKind } from '../../../src/core/resource/kind.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import type { Store } from '../../../src/core/store/provider.js';
import type { Codec } from '../../../src/core/store/store.js';
import * as kinds from '../../../src/kinds/index.js';
import { readVectors } from '../../oracles/apiserver/vectors.js';

const vectors = readVectors();
const handles = Object.values(kinds).filter((value) => typeof value !== 'function') as readonly AnyKind[];
const kindNamed = (id: string) => handles.find((kind) => qualifiedKind(kind) === id) as AnyKind; // every vector is of a kind that has a handle
const runtime = () => ({ clock: virtualClock(), random: keyedRandom(1), log: silent });

/** Values as their bytes. */
const rawCodec: Codec<{ readonly bytes: Uint8Array }> = { encode: ({ bytes }) => bytes, decode: (bytes) => Object.freeze({ bytes }), stamp: (value) => value };

const folders: string[] = [];
afterEach(async () => { for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true }); });

/** A data folder with what kube-apiserver had in its etcd, byte by byte. */
async function dataOfUpstream(): Promise<Store> {
  const dir = await mkdtemp(join(tmpdir(), 'setpoint-layout-'));
  folders.push(dir);
  const store = await memory({ dir, checks: 'shallow' }).open(rawCodec, runtime());
  for (const { key, stored } of vectors) await store.txn({ compare: [], then: [{ type: 'put', key, value: Object.freeze({ bytes: stored }) }] });
  await store[Symbol.asyncDispose]();
  return memory({ dir });
}

describe('the layout of kube-apiserver', () => {
  test.each(vectors.map(({ id, key, json }) => [id, key, json as KubeObject] as const))('A123 an object of %s is at its key', (id, key, { metadata }) => {
    const kind = kindNamed(id);
    expect(objectKey(resourcePrefix('/registry', kind), kind.namespaced ? metadata.namespace : undefined, metadata.name)).toBe(key);
  });

  test('A123 what it wrote opens here with every object equal', async () => {
    const store = await (await dataOfUpstream()).open(objectCodec(kinds.protobufCodec().decode), runtime());
    await using api = createApi({ store, runtime: runtime() });
    for (const { id, json } of vectors) {
      const { metadata } = json as KubeObject;
      const kind = kindNamed(id);
      const object = await api.get(kind, { namespace: kind.namespaced ? metadata.namespace : undefined, name: metadata.name });
      // The revision is that of this store.
      expect({ ...object, metadata: { ...object.metadata, resourceVersion: metadata.resourceVersion } }).toEqual(json);
      expect((await api.list(kind, kind.namespaced ? { namespace: 'vectors' } : {})).items).toContainEqual(object);
    }
    await store[Symbol.asyncDispose]();
  });

  test('A123 an app opens it, and changes it', async () => {
    const app = await run({ store: await dataOfUpstream(), readProtobuf: kinds.protobufCodec().decode, housekeeping: false, log: silent });
    const before = await app.client.get(kinds.Deployment, { namespace: 'vectors', name: 'vector' });
    await app.client.patch(kinds.Deployment, { namespace: 'vectors', name: 'vector' }, { spec: { replicas: 7 } });
    const after = await app.client.get(kinds.Deployment, { namespace: 'vectors', name: 'vector' }, { live: true });
    await app.stop();

    expect(before?.spec.template.spec.containers).toHaveLength(1);
    expect(after).toMatchObject({ spec: { replicas: 7 }, metadata: { uid: before?.metadata.uid, generation: 2 } });
  });

  test('A123 without a reader such a value is an error that says what to do', async () => {
    const store = await (await dataOfUpstream()).open(objectCodec(), runtime());
    await using api = createApi({ store, runtime: runtime() });
    await expect(api.get(kinds.ConfigMap, { namespace: 'vectors', name: 'vector' })).rejects.toMatchObject({ status: { code: 500, message: expect.stringContaining('the value is in the protobuf envelope') } });
    await store[Symbol.asyncDispose]();
  });

  test('A123 an app keeps its objects below the prefix of its store', async () => {
    const shared = memory();
    const app = await run({ store: { name: 'below', prefix: '/below', open: (codec, rt) => shared.open(codec, rt) }, log: silent });
    await app.client.create(kinds.ConfigMap, { metadata: { name: 'a' } });
    const raw = await shared.open(objectCodec(), runtime());
    const { items } = await raw.range({ prefix: '/below/configmaps/' });
    await raw[Symbol.asyncDispose]();
    await app.stop();

    expect(items.map(({ key }) => key)).toEqual(['/below/configmaps/default/a']);
  });
});
