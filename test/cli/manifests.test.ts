import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebApp } from '../../examples/first-cluster/web-app.js';
import { applyManifest, checkManifests, ManifestError, readManifests } from '../../src/cli/start/manifests.js';
import { ConfigMap, Node, PriorityClass } from '../../src/kinds/index.js';
import { world } from '../core/controller/world.js';

const kinds = [WebApp, ConfigMap, Node, PriorityClass];
let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'setpoint-manifests-')); });
afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
async function problems(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(() => undefined, (e: unknown) => e);
  expect(error).toBeInstanceOf(ManifestError);
  return (error as ManifestError).problems.map((p) => p.replace(`${folder}/`, ''));
}

describe('manifests', () => {
  test('B18 documents are objects with their file, number and lines', async () => {
    const path = await file('good.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  x: "1"\n---\n---\napiVersion: shop.example.com/v1\nkind: WebApp\nmetadata:\n  name: b\nspec: { image: x }\n');
    const manifests = await readManifests([path], kinds);

    expect(manifests.map((m) => [m.document, m.object.kind, m.object.metadata.name])).toEqual([[1, 'ConfigMap', 'a'], [3, 'WebApp', 'b']]);
    expect([manifests[0]?.lineOf('data.x'), manifests[1]?.lineOf('metadata.name'), manifests[1]?.lineOf('spec.nothing')]).toEqual([5, 11, 12]);
  });

  test('an unknown kind names file, document and line, and the nearest known kind', async () => {
    const path = await file('unknown.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n---\napiVersion: shop.example.com/v1\nkind: WebAp\nmetadata: { name: a }\n');
    expect(await problems(readManifests([path], kinds))).toEqual(['unknown.yaml: document 2, line 6: kind: unknown kind WebAp of shop.example.com/v1; did you mean WebApp of shop.example.com/v1?']);
  });

  test('broken YAML, a missing file and a document that is no object are told together', async () => {
    const broken = await file('broken.yaml', 'apiVersion: v1\nkind: [ConfigMap\nmetadata: { name: a }\n');
    const list = await file('list.yaml', '- 1\n- 2\n');
    const found = await problems(readManifests([broken, join(folder, 'missing.yaml'), list], kinds));

    expect(found[0]).toMatch(/^broken\.yaml: document 1, line \d: is no valid YAML/);
    expect(found.filter((p) => !p.startsWith('broken'))).toEqual(['missing.yaml: cannot be read: no such file', 'list.yaml: document 1, line 1: is no object']);
  });

  test.each([
    ['kind: ConfigMap\nmetadata: { name: a }', 'apiVersion: Required value'],
    ['apiVersion: v1\nmetadata: { name: a }', 'kind: Required value'],
    ['apiVersion: v1\nkind: ConfigMap', 'metadata.name: Required value'],
    ['apiVersion: 1\nkind: ConfigMap\nmetadata: { name: a }', 'apiVersion: Required value'],
  ])('B21 %j is refused', async (text, expected) => {
    expect((await problems(readManifests([await file('partial.yaml', text)], kinds)))[0]).toContain(expected);
  });

  test('B16 an alias bomb is refused, and costs nothing', async () => {
    const levels = Array.from({ length: 10 }, (_, i) => `  l${i}: &l${i} [${Array.from({ length: 10 }, () => (i === 0 ? '1' : `*l${i - 1}`)).join()}]`).join('\n');
    const found = await problems(readManifests([await file('bomb.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${levels}\n`)], kinds));
    expect(found[0]).toMatch(/alias/i);
  });

  test('B17 tags build nothing: a date-like text stays text', async () => {
    const [manifest] = await readManifests([await file('date.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { day: 2024-01-02, when: "2024-01-02T00:00:00Z" }\n')], kinds);
    expect((manifest?.object as { data?: unknown }).data).toEqual({ day: '2024-01-02', when: '2024-01-02T00:00:00Z' });
  });
});

describe('checking by the api', () => {
  test('B78 a wrong type, an unknown field and a missing one are told with their lines; nothing is applied', async () => {
    await using w = await world([], { kinds });
    const path = await file('fields.yaml', [
      'apiVersion: shop.example.com/v1', 'kind: WebApp', 'metadata: { name: good }', 'spec: { image: x }', '---',
      'apiVersion: shop.example.com/v1', 'kind: WebApp', 'metadata: { name: bad }', 'spec:', '  image: x', '  replicas: many', '---',
      'apiVersion: shop.example.com/v1', 'kind: WebApp', 'metadata: { name: worse }', 'spec:', '  imagee: x', '',
    ].join('\n'));
    const manifests = await readManifests([path], kinds);
    const found = await problems(checkManifests(w.app.client, manifests));

    expect(found[0]).toMatch(/^fields\.yaml: document 2, line 11 \(WebApp bad\): spec\.replicas: Invalid value: .*must be of type integer/);
    expect(found[1]).toMatch(/^fields\.yaml: document 3, line 1[67] \(WebApp worse\): .*imagee/);
    expect(await w.app.client.list(WebApp)).toHaveLength(0);
  });

  test('a Node\'s capacity is written through its status', async () => {
    await using w = await world([], { kinds });
    const path = await file('node.yaml', 'apiVersion: v1\nkind: Node\nmetadata: { name: n }\nstatus: { capacity: { cpu: "2" } }\n');
    const manifests = await readManifests([path], kinds);
    await checkManifests(w.app.client, manifests);
    for (const manifest of manifests) await applyManifest(w.app.client, manifest);

    expect((await w.app.client.get(Node, 'n'))?.status?.capacity).toEqual({ cpu: '2' });
  });
});
