import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareKeys } from '../../../../src/core/store/keys.js';
import { SortedRecords, type Bounds } from '../../../../src/core/store/memory/sorted-records.js';

interface Rec { readonly key: string }

function within({ start, end, prefix }: Bounds, key: string): boolean {
  return compareKeys(key, start) >= 0 && (end === undefined || compareKeys(key, end) < 0) && (prefix === undefined || key.startsWith(prefix));
}

function listed(records: SortedRecords<Rec>, bounds: Bounds): string[] {
  const keys: string[] = [];
  records.each(bounds, ({ key }) => { keys.push(key); });
  return keys;
}

describe('sorted records', () => {
  test('S6 S12 agree with a sorted array, over chunks and planes', () => {
    const unit = fc.constantFrom('a', 'b', 'c', 'd', '/', '\u{ffff}', '\u{10000}');
    const key = fc.string({ unit, minLength: 1, maxLength: 3 });
    const bounds: fc.Arbitrary<Bounds> = fc.oneof(
      fc.tuple(key, key).map(([start, end]) => ({ start, end })), key.map((prefix) => ({ start: prefix, prefix })), fc.constant({ start: '', prefix: '' }), key.map((start) => ({ start })),
    );
    fc.assert(fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 200 }), fc.array(bounds, { maxLength: 10 }), (changes, asked) => {
      const records = new SortedRecords<Rec>();
      const model = new Set<string>();
      for (const [k, add] of changes) {
        if (add === model.has(k)) continue;
        if (add) { records.insert({ key: k }); model.add(k); } else { records.remove(k); model.delete(k); }
      }
      expect(records.size).toBe(model.size);
      for (const b of asked) {
        const expected = [...model].filter((k) => within(b, k)).sort(compareKeys);
        expect(listed(records, b)).toEqual(expected);
        expect(records.count(b)).toBe(expected.length);
      }
    }));
  });

  test.each(['ascending', 'descending', 'mixed'])('keeps 5 000 %s keys in order', (order) => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `k${String(order === 'ascending' ? i : order === 'descending' ? 4_999 - i : (i * 2_741) % 5_000).padStart(5, '0')}`);
    const records = new SortedRecords<Rec>();
    for (const key of keys) records.insert({ key });

    expect(listed(records, { start: '' })).toEqual([...keys].sort());
    expect(records.count({ start: 'k01', prefix: 'k01' })).toBe(1_000);
    for (const key of keys.slice(0, 4_990)) records.remove(key);
    expect(listed(records, { start: '' })).toEqual(keys.slice(4_990).sort());
  });

  test('each stops when told to', () => {
    const records = new SortedRecords<Rec>();
    for (const key of ['a', 'b', 'c']) records.insert({ key });
    const seen: string[] = [];
    records.each({ start: '' }, ({ key }) => { seen.push(key); return seen.length < 2; });
    expect(seen).toEqual(['a', 'b']);
  });
});
