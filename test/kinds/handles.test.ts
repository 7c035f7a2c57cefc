import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { definition, type AnyKind } from '../../src/core/resource/kind.js';
import * as kinds from '../../src/kinds/index.js';
import { factsOfGroups } from '../../src/kinds/generated/facts.js';
import { openWorld } from '../core/api/harness.js';

const handles = Object.values(kinds).filter((value) => typeof value !== 'function') as readonly AnyKind[];
const [head = [], ...rows] = readFileSync('docs/rules/builtin-kinds.tsv', 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
const table = rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])) as { readonly [column: string]: string });
const rowOf = (kind: AnyKind) => table.find((row) => row['group'] === kind.group && row['version'] === kind.version && row['kind'] === kind.kind);

describe('the handles of the built-in kinds', () => {
  test.each(handles.map((kind) => [`${kind.kind} of ${kind.apiVersion}`, kind] as const))('T4 %s says what the list of kinds says', (_, kind) => {
    const row = rowOf(kind);
    expect(row).toBeDefined();
    const { singular, shortNames, categories, statusSubresource } = kind[definition];
    expect([kind.plural, singular, shortNames.join(','), categories.join(','), String(kind.namespaced), statusSubresource])
      .toEqual([row?.['plural'], row?.['singular'], row?.['shortNames'], row?.['categories'], row?.['namespaced'], row?.['subresources']?.split(',').includes('status')]);
  });

  test.each(handles.map((kind) => [kind.kind, kind] as const))('T2 the schema of %s can be made, and every part of it has a type', (_, kind) => {
    const untyped: string[] = [];
    const visit = (schema: (typeof kind)[typeof definition]['schema'], path: string, depth: number) => {
      if (depth > 40) throw new Error(`${path} never ends`);
      if (schema.type === undefined && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) untyped.push(path);
      for (const [name, inner] of Object.entries(schema.properties ?? {})) visit(inner, `${path}.${name}`, depth + 1);
      if (schema.items) visit(schema.items, `${path}[]`, depth + 1);
      if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}{}`, depth + 1);
    };
    visit(kind[definition].schema, '', 0);
    expect(untyped).toEqual([]);
  });

  test('T3 the table is small, as text and compressed', () => {
    const text = Object.values(factsOfGroups).join('');
    expect(text.length).toBeLessThanOrEqual(230_000);
    expect(gzipSync(text).length).toBeLessThanOrEqual(45_000);
  });

  test('T4 the generated types are small', () => {
    const files = readdirSync('src/kinds/generated').filter((name) => name !== 'facts.ts');
    expect(files.reduce((sum, name) => sum + readFileSync(`src/kinds/generated/${name}`).length, 0)).toBeLessThanOrEqual(400_000);
  });

  test('T19 no alpha version and no old group has a handle', () => {
    expect(handles.filter(({ group, version }) => version.includes('alpha') || group === 'extensions')).toEqual([]);
  });

  test('two views of one stored object are not served while nothing converts between them', () => {
    expect(handles.filter(({ group, version, kind }) => (group === 'events.k8s.io' && kind === 'Event') || (group === 'autoscaling' && version === 'v1'))).toEqual([]);
  });

  test('T4 all of them live in one api, each at its own keys', async () => {
    await using world = await openWorld();
    for (const kind of handles) world.api.serve(kind);
    const keys = handles.map((kind) => kind[definition].storageKey);
    expect(new Set(keys).size).toBe(handles.length);
  });
});
