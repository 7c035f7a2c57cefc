import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SortedObjects } from '../../../../src/core/api/watch/sorted-objects.js';
import type { KubeObject } from '../../../../src/core/resource/object.js';

const object = (name: string, version: number) => ({ metadata: { name, resourceVersion: String(version) } }) as unknown as KubeObject;

describe('objects in key order', () => {
  test('A22 it equals a sorted map after any changes, read at any time', () => {
    const change = fc.record({ key: fc.constantFrom(...'abcdefgh'), type: fc.constantFrom('set', 'delete', 'read') });
    fc.assert(fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const objects = new SortedObjects();
      const model = new Map<string, KubeObject>();
      for (const [i, { key, type }] of changes.entries()) {
        if (type === 'set') { const made = object(key, i); objects.set(key, made); model.set(key, made); }
        if (type === 'delete') { objects.delete(key); model.delete(key); }
        if (type === 'read') expect(objects.all()).toEqual([...model.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one));
      }
      expect(objects.between('c', 'f')).toEqual([...model.entries()].filter(([key]) => key >= 'c' && key < 'f').sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one));
      expect(objects.size).toBe(model.size);
    }));
  });

  test('A30 the whole list is the same array until something changes', () => {
    const objects = new SortedObjects();
    objects.set('a', object('a', 1));
    const first = objects.all();

    expect(objects.all()).toBe(first);
    objects.set('a', object('a', 2));
    expect(objects.all()).not.toBe(first);
  });
});
