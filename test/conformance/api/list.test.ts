import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Pod } from '../../../src/kinds/index.js';
import { ApiError } from '../../../src/core/api/api-error.js';
import type { ListResult, WatchParams } from '../../../src/core/api/api.js';
import { Widget, configMap, here, refusal, widget, type World } from '../../core/api/harness.js';
import { pod } from './objects.js';
import { cases } from './cases.js';
import { worlds } from './stores.js';

const row = cases();

const names = ({ items }: ListResult) => items.map(({ metadata }) => metadata.name);
const fill = async ({ api }: World, count: number) => {
  for (let i = 0; i < count; i++) await api.create(ConfigMap, here(), configMap(`a${String(i)}`, {}, { labels: { n: String(i) } }));
};
const labelled = async ({ api }: World, ...labels: readonly (object | undefined)[]) => {
  for (const [i, one] of labels.entries()) await api.create(ConfigMap, here(), configMap(`a${String(i + 1)}`, {}, one ? { labels: one } : {}));
};

row('A5.1', async ({ api }) => {
  expect(await refusal(api.get(ConfigMap, here('a')))).toEqual({
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404, reason: 'NotFound', message: 'configmaps "a" not found', details: { name: 'a', kind: 'configmaps' },
  });
});
row('A21.1', async ({ api, clock, until, revision }) => {
  await api.list(ConfigMap, here());
  const current = await revision();
  const wanted = (current + 1_000n).toString();
  let status: Awaited<ReturnType<typeof refusal>> | undefined;
  const asked = refusal(api.get(ConfigMap, here('a'), { resourceVersion: wanted })).then((answer) => { status = answer; });
  await until(() => clock.pending > 0);
  await clock.advance(2_999);
  expect(status).toBeUndefined();
  await clock.advance(1);
  await asked;
  expect(status).toMatchObject({
    code: 504, reason: 'Timeout', message: `Timeout: Too large resource version: ${wanted}, current: ${current.toString()}`,
    details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge' }] },
  });
});
row('A25.1', async (world) => {
  await fill(world, 10);
  const page = await world.api.list(ConfigMap, here(), { limit: 3 });
  expect([page.items.length, page.remainingItemCount, typeof page.continue]).toEqual([3, 7, 'string']);
});
row('A25.2', async (world) => {
  const { api } = world;
  await fill(world, 10);
  const first = await api.list(ConfigMap, here(), { limit: 4 });
  await api.delete(ConfigMap, here('a7'));
  await api.create(ConfigMap, here(), configMap('a55'));
  const pages = [first];
  for (let page = first; page.continue !== undefined; pages.push(page)) page = await api.list(ConfigMap, here(), { limit: 4, continue: page.continue });
  expect(pages.flatMap(names)).toEqual(Array.from({ length: 10 }, (_, i) => `a${String(i)}`));
  expect(new Set(pages.map(({ resourceVersion }) => resourceVersion))).toEqual(new Set([first.resourceVersion]));
  expect(pages.map(({ remainingItemCount }) => remainingItemCount)).toEqual([6, 2, undefined]);
});
row('A25.3', async (world) => {
  await fill(world, 10);
  const page = await world.api.list(ConfigMap, here(), { limit: 3, labelSelector: 'n!=0' });
  expect(names(page)).toEqual(['a1', 'a2', 'a3']);
  expect(typeof page.continue).toBe('string');
  expect(Object.hasOwn(page, 'remainingItemCount')).toBe(false);
});
row('A26.1', async ({ api }) => {
  const token = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bad = ['!!!', token({ v: 'v9', rv: 5, start: 'a' }), token({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' }), token({ v: 'meta.k8s.io/v1', rv: 5, start: '' }), token({ v: 'meta.k8s.io/v1', rv: 1.5, start: 'a' }), token([])];
  for (const value of bad) {
    const status = await refusal(api.list(ConfigMap, here(), { continue: value }));
    expect(status.code).toBe(400);
    expect(status.message).toMatch(/^invalid continue token: /);
  }
});
row('A26.2', async (world) => {
  await fill(world, 2);
  const page = await world.api.list(ConfigMap, here(), { limit: 1 });
  expect(await refusal(world.api.list(ConfigMap, here(), { continue: page.continue, resourceVersion: '5' }))).toMatchObject({ code: 400, message: 'specifying resource version is not allowed when using continue' });
});
row('A26.3', async ({ api }) => {
  const token = Buffer.from('{"v":"meta.k8s.io/v1","rv":5,"start":"../x\\u0000"}').toString('base64url');
  expect((await refusal(api.list(ConfigMap, here(), { continue: token }))).code).toBe(400);
});
row('A27.1', async (world) => {
  const { api, store } = world;
  await fill(world, 5);
  const page = await api.list(ConfigMap, here(), { limit: 2 });
  await api.create(ConfigMap, here(), configMap('a9'));
  await store.compact(await world.revision());
  const error = await api.list(ConfigMap, here(), { limit: 2, continue: page.continue }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw error;
  expect([error.status.code, error.status.reason]).toEqual([410, 'Expired']);
  expect(names(await api.list(ConfigMap, here(), { continue: error.status.metadata.continue }))).toEqual(['a2', 'a3', 'a4', 'a9']);
});
row('A24.1', async ({ api }) => {
  expect(await refusal(api.list(ConfigMap, here(), { resourceVersionMatch: 'Exact' }))).toMatchObject({ code: 422, details: { kind: 'ListOptions', causes: [{ field: 'resourceVersionMatch' }] } });
});
row('A24.2', async ({ api }) => {
  expect((await refusal(api.list(ConfigMap, here(), { resourceVersionMatch: 'Exact', resourceVersion: '0' }))).code).toBe(422);
});
row('A24.3', async ({ api }) => {
  const params: WatchParams = { sendInitialEvents: true };
  const status = await refusal(api.list(ConfigMap, here(), params));
  expect(status.code).toBe(422);
  expect(status.message).toContain('sendInitialEvents is forbidden for list');
});
row('A23.1', async ({ api }) => {
  const { resourceVersion } = await api.create(ConfigMap, here(), configMap('a', { x: '1' }));
  await api.patch(ConfigMap, here('a'), { type: 'merge', value: { data: { x: '2' } } });
  const list = await api.list(ConfigMap, here(), { resourceVersion, resourceVersionMatch: 'Exact' });
  expect(list).toMatchObject({ resourceVersion, items: [{ data: { x: '1' } }] });
});
row('A23.2', async (world) => {
  const { resourceVersion } = await world.api.create(ConfigMap, here(), configMap('a'));
  await fill(world, 3);
  await world.store.compact(await world.revision());
  expect(await refusal(world.api.list(ConfigMap, here(), { resourceVersion, resourceVersionMatch: 'Exact' }))).toMatchObject({ code: 410, reason: 'Expired' });
});
row('A28.1', async ({ api }) => {
  const list = await api.list(ConfigMap, { namespace: 'x' });
  expect(list.items).toEqual([]);
  expect(list.resourceVersion).toMatch(/^[1-9]/);
});

const selected = async (world: World, labelSelector: string) => names(await world.api.list(ConfigMap, here(), { labelSelector }));
row('A82.1', async (world) => {
  await labelled(world, { a: '1' }, { a: '2' }, undefined);
  expect(await selected(world, 'a!=1')).toEqual(['a2', 'a3']);
});
row('A82.2', async (world) => {
  await labelled(world, { a: '1' }, { a: '2' }, undefined);
  expect(await selected(world, 'a in (1,2)')).toEqual(['a1', 'a2']);
});
row('A82.3', async (world) => {
  await labelled(world, { a: '1' }, { a: '2' }, undefined);
  expect(await selected(world, '!a')).toEqual(['a3']);
});
row('A82.4', async (world) => {
  await labelled(world, { n: '5' }, { n: 'x' }, undefined);
  expect(await selected(world, 'n>3')).toEqual(['a1']);
});
row('A82.5', async (world) => {
  const status = await refusal(selected(world, 'a in ('));
  expect(status.code).toBe(400);
  expect(status.message).toMatch(/^unable to parse requirement: /);
});
row('A84.1', async ({ api }) => {
  for (const node of ['n1', 'n2', 'n1']) await api.create(Pod, here(), pod('', { nodeName: node }, { name: undefined, generateName: 'p-' }));
  const { items } = await api.list(Pod, here(), { fieldSelector: 'spec.nodeName=n1' });
  expect(items.map(({ spec }) => (spec as { readonly nodeName: string }).nodeName)).toEqual(['n1', 'n1']);
});
row('A84.2', async ({ api }) => {
  expect(await refusal(api.list(Pod, here(), { fieldSelector: 'spec.color=red' }))).toMatchObject({ code: 400, message: 'field label not supported: spec.color' });
});

describe('list, beyond the rows', () => {
  const open = worlds();

  test('A22 items come by namespace, then name, and namespaces do not mix', async () => {
    await using world = await open();
    const { api } = world;
    for (const [namespace, name] of [['kube-system', 'b'], ['default', 'z'], ['default', 'a'], ['kube-system', 'a']] as const) {
      await api.create(Widget, { namespace }, widget(name, {}, { namespace }));
    }

    expect((await api.list(Widget, {})).items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)).toEqual(['default/a', 'default/z', 'kube-system/a', 'kube-system/b']);
    expect(names(await api.list(Widget, { namespace: 'kube-system' }))).toEqual(['a', 'b']);
  });

  test('A30 a list of stored objects copies nothing, and they cannot be changed', async () => {
    await using world = await open();
    await world.api.list(Widget, here());
    const { object } = await world.api.create(Widget, here(), widget('a'));

    const { items } = await world.api.list(Widget, here());

    expect(items[0]).toBe(object);
    expect(() => { (items[0] as { spec: unknown }).spec = {}; }).toThrow(TypeError);
  });

  test('A3 whoever lists after a write was answered sees it', async () => {
    await using world = await open();
    const { api } = world;
    await api.list(Widget, here());
    for (let i = 0; i < 20; i++) {
      await api.create(Widget, here(), widget(`a${String(i)}`));
      expect((await api.list(Widget, here())).items).toHaveLength(i + 1);
    }
  });

  test('B63 a limit below zero or zero is none, one that is no number is 400', async () => {
    await using world = await open();
    await fill(world, 3);
    for (const limit of [-1, 0, 1e12]) expect((await world.api.list(ConfigMap, here(), { limit })).items).toHaveLength(3);
    for (const limit of ['abc', 1.5, NaN]) expect((await refusal(world.api.list(ConfigMap, here(), { limit: limit as number }))).code).toBe(400);
  });
});
