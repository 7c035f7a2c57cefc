import { describe, expect, test } from '@jest/globals';
import { createObjectCache } from '../../../src/core/informer/object-cache.js';
import { shapeOf } from '../../../src/core/informer/object-shape.js';
import type { ObjectEvent } from '../../../src/core/informer/watch-input.js';
import type { Key } from '../../../src/core/resource/object.js';
import { thing, version, type Thing } from './scripted-api.js';

function cache(o: { readonly transform?: (object: Thing) => Thing; readonly metadataOnly?: boolean } = {}) {
  const faults: string[] = [];
  const made = createObjectCache<Thing>({ kind: 'Thing', shape: shapeOf(o), onFault: (fault) => { faults.push(`${fault.code} ${fault.message}`); } });
  return { cache: made, faults };
}
function event(type: ObjectEvent['type'], object: Thing, rv: string = object.metadata.resourceVersion): ObjectEvent {
  return { type, object, resourceVersion: rv as never };
}
const story = (deltas: readonly { readonly type: string; readonly key: string }[]) => deltas.map((d) => `${d.type} ${d.key}`);

describe('createObjectCache', () => {
  test('I18 a list against the cache yields only what differs', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'same', rv: 1 }), thing({ name: 'newer', rv: 2 }), thing({ name: 'gone', rv: 3 })], version(3));

    const deltas = c.replace([thing({ name: 'same', rv: 1 }), thing({ name: 'newer', rv: 5 }), thing({ name: 'new', rv: 6 })], version(7));

    expect(story(deltas)).toEqual(['updated default/newer', 'added default/new', 'deleted default/gone']);
    expect(deltas[2]).toMatchObject({ finalState: 'unknown', old: { metadata: { resourceVersion: '3' } } });
    expect(deltas.every((d) => d.revisions.count === Infinity)).toBe(true);
  });

  test('I19 another uid under the same key is a deletion and an addition, side by side', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 1, uid: 'first' }), thing({ name: 'b', rv: 1 })], version(1));

    const listed = c.replace([thing({ name: 'a', rv: 4, uid: 'second' }), thing({ name: 'b', rv: 5 })], version(5));
    const watched = c.apply([event('MODIFIED', thing({ name: 'a', rv: 8, uid: 'third' }))]);

    expect(story(listed)).toEqual(['deleted default/a', 'added default/a', 'updated default/b']);
    expect(story(watched)).toEqual(['deleted default/a', 'added default/a']);
    expect(watched[0]).toMatchObject({ finalState: 'unknown', old: { metadata: { uid: 'second' } } });
  });

  test('I20 ADDED of a known object is an update, MODIFIED of an unknown one an addition, DELETED of one nothing', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 1 })], version(1));
    const deltas = c.apply([event('ADDED', thing({ name: 'a', rv: 2 })), event('MODIFIED', thing({ name: 'b', rv: 3 })), event('DELETED', thing({ name: 'c', rv: 4 }))]);
    expect(story(deltas)).toEqual(['updated default/a', 'added default/b']);
  });

  test('I21 a deletion bears the final object of the server', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 1, n: 1 })], version(1));
    const [deleted] = c.apply([event('DELETED', thing({ name: 'a', rv: 5, n: 2 }))]);
    expect(deleted).toMatchObject({ finalState: 'known', old: { spec: { n: 2 } }, revisions: { first: '5', last: '5', count: 1 } });
  });

  test('I15 an event at or below the version of the cached object is dropped', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 10 })], version(10));
    expect(c.apply([event('MODIFIED', thing({ name: 'a', rv: 9 })), event('MODIFIED', thing({ name: 'a', rv: 10 })), event('DELETED', thing({ name: 'a', rv: 9 }))])).toEqual([]);
    expect(c.size).toBe(1);
  });

  test('I23 objects are frozen to the bottom, in process the very same instance is kept', () => {
    const { cache: c } = cache();
    const given = thing({ name: 'a', rv: 1 });
    c.replace([given, { ...thing({ name: 'b', rv: 1 }), spec: { n: 1 } }], version(1));
    expect(c.get('default/a' as Key)).toBe(given);
    expect(() => { Object.assign(c.get('default/b' as Key)?.spec ?? {}, { n: 2 }); }).toThrow(TypeError);
  });

  test('I24 an index holds what its function says, before and after changes; added later it is built at once', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 1, n: 1 }), thing({ name: 'b', rv: 1, n: 2 })], version(1));
    c.addIndex('n', (o) => [`n${String(o.spec.n)}`, 'all', 'all']);
    expect(c.indexValues('n')).toEqual(['n1', 'all', 'n2']);

    c.apply([event('MODIFIED', thing({ name: 'b', rv: 2, n: 1 }))]);

    expect(c.byIndex('n', 'n1')?.map((o) => o.metadata.name)).toEqual(['a', 'b']);
    expect(c.byIndex('n', 'n2')).toEqual([]);
    expect(c.byIndex('n', 'all')).toHaveLength(2);
    expect(c.byIndex('other', 'x')).toBeUndefined();
  });

  test('I24 an index function that throws leaves the object out of its index, and a fault names it', () => {
    const { cache: c, faults } = cache();
    c.addIndex('bad', (o) => { if (o.spec.n === 1) throw new Error('no'); return ['x']; });
    c.replace([thing({ name: 'a', rv: 1, n: 1 }), thing({ name: 'b', rv: 1 })], version(1));
    expect(c.byIndex('bad', 'x')).toHaveLength(1);
    expect(c.size).toBe(2);
    expect(faults).toEqual(['IndexFailed index bad of Thing threw for default/a, the object is not in it']);
  });

  test('I25 lists are frozen, in order of first insertion, and the same array until something in them changed', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 1, namespace: 'one' }), thing({ name: 'b', rv: 1, namespace: 'two' })], version(1));
    const [all, one, two] = [c.list(), c.byIndex('namespace', 'one'), c.byIndex('namespace', 'two')];
    expect([c.list(), c.byIndex('namespace', 'one')]).toEqual([all, one]);
    expect(c.list()).toBe(all);

    c.apply([event('MODIFIED', thing({ name: 'a', rv: 2, namespace: 'one' }))]);

    expect(c.list()).not.toBe(all);
    expect(c.byIndex('namespace', 'one')).not.toBe(one);
    expect(c.byIndex('namespace', 'two')).toBe(two);
    expect(c.list().map((o) => o.metadata.name)).toEqual(['a', 'b']);
    expect(Object.isFrozen(c.list())).toBe(true);
  });

  test('I26 a transform runs once per object and version; one that fails keeps the previous value, a deletion still applies', () => {
    let runs = 0;
    const { cache: c, faults } = cache({
      transform: (o) => {
        runs++;
        if (o.spec.n < 0) throw new Error('no');
        return { ...o, spec: { n: o.spec.n * 10 } };
      },
    });
    c.replace([thing({ name: 'a', rv: 1, n: 1 })], version(1));
    c.replace([thing({ name: 'a', rv: 1, n: 1 })], version(2));
    expect([runs, c.get('default/a' as Key)?.spec.n]).toEqual([1, 10]);

    expect(c.apply([event('MODIFIED', thing({ name: 'a', rv: 3, n: -1 }))])).toEqual([]);
    expect(c.get('default/a' as Key)?.spec.n).toBe(10);
    expect(faults).toHaveLength(1);
    expect(story(c.apply([event('DELETED', thing({ name: 'a', rv: 4, n: -1 }))]))).toEqual(['deleted default/a']);
  });

  test('I26 a transform may not change what identifies the object', () => {
    const { cache: c, faults } = cache({ transform: (o) => ({ ...o, metadata: { ...o.metadata, name: 'other' } }) });
    c.replace([thing({ name: 'a', rv: 1 })], version(1));
    expect(c.size).toBe(0);
    expect(faults[0]).toContain('default/a');
  });

  test('I27 metadata only: nothing else is kept', () => {
    const { cache: c } = cache({ metadataOnly: true });
    c.replace([thing({ name: 'a', rv: 1 })], version(1));
    expect(Object.keys(c.get('default/a' as Key) ?? {})).toEqual(['apiVersion', 'kind', 'metadata']);
  });

  test('I29 a list of one namespace leaves the others alone', () => {
    const { cache: c } = cache();
    c.replace([thing({ name: 'a', rv: 1, namespace: 'one' })], version(1), 'one');
    c.replace([thing({ name: 'b', rv: 1, namespace: 'two' })], version(1), 'two');
    expect(story(c.replace([], version(2), 'one'))).toEqual(['deleted one/a']);
    expect(c.list().map((o) => o.metadata.name)).toEqual(['b']);
  });
});
