import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { difference, intersection, pathsOf, parseFieldSet, setOf, union, without, type FieldSet } from '../../../../src/core/api/apply/field-set.js';
import { fieldsOf } from '../../../../src/core/api/apply/fields-of.js';
import { compareFields } from '../../../../src/core/api/apply/compare-fields.js';
import { removeFields } from '../../../../src/core/api/apply/remove-fields.js';
import { body, schema, Written, type Body } from './object-builder.js';

const letter = fc.constantFrom('a', 'b', 'c');
const texts = fc.dictionary(letter, letter, { maxKeys: 3 });
const spec = fc.record({
  replicas: fc.nat(3), image: letter, limits: texts, selector: texts,
  zones: fc.uniqueArray(letter, { maxLength: 3 }), args: fc.array(letter, { maxLength: 2 }),
  template: fc.record({ a: letter, b: letter }, { requiredKeys: [] }),
  ports: fc.uniqueArray(fc.record({ port: fc.nat(2), name: letter, node: fc.nat(2) }, { requiredKeys: ['port'] }), { maxLength: 3, selector: ({ port }) => port }),
  free: fc.dictionary(letter, fc.oneof(letter, texts), { maxKeys: 2 }),
}, { requiredKeys: [] });
const given: fc.Arbitrary<Body> = fc.record({ labels: texts, spec, status: fc.record({ ready: fc.nat(2) }) }, { requiredKeys: ['spec'] });

const write = fc.oneof(
  fc.record({ verb: fc.constant('apply' as const), manager: fc.constantFrom('alice', 'bob', 'carol'), given, force: fc.boolean() }),
  fc.record({ verb: fc.constant('update' as const), manager: fc.constantFrom('alice', 'edit'), given }),
);

function run(writes: readonly (typeof write extends fc.Arbitrary<infer W> ? W : never)[]): Written {
  const web = new Written();
  for (const step of writes) {
    if (step.verb === 'apply') web.apply(step.manager, step.given, { force: step.force });
    else web.update(step.manager, (object) => ({ ...object, ...body(step.given) }));
  }
  return web;
}

const pathTexts = (set: FieldSet) => [...pathsOf(set)].map((path) => path.join('/')).sort();

describe('ownership over random histories', () => {
  test('A52 each manager has one entry per operation, none is empty, and every owned field is in the object', () => {
    fc.assert(fc.property(fc.array(write, { maxLength: 6 }), (writes) => {
      const web = run(writes);

      const ids = web.managed.map(({ manager, operation }) => `${manager} ${operation}`);
      expect(new Set(ids).size).toBe(ids.length);
      // What came to the object, seen as a change from nothing, names containers too, as updates do.
      const present = union(fieldsOf(schema, web.live), compareFields(schema, {}, web.live ?? {}).added);
      for (const { fieldsV1 } of web.managed) {
        expect(Object.keys(fieldsV1)).not.toHaveLength(0);
        expect(pathTexts(difference(fieldsV1, present))).toEqual([]);
      }
    }));
  });

  test('A52 stored sets are canonical: parsing them again changes nothing', () => {
    fc.assert(fc.property(fc.array(write, { maxLength: 6 }), (writes) => {
      for (const { fieldsV1 } of run(writes).managed) expect(JSON.stringify(parseFieldSet(fieldsV1))).toBe(JSON.stringify(fieldsV1));
    }));
  });

  test('A54 applying the same again changes neither object nor entries', () => {
    fc.assert(fc.property(fc.array(write, { maxLength: 4 }), given, (writes, last) => {
      const web = run(writes);
      web.apply('alice', last, { force: true });
      const before = web.live;
      web.apply('alice', last, { force: true });

      expect(web.live).toEqual(before);
      expect(web.managed).toBe(before?.metadata.managedFields);
    }));
  });

  test('A49 a forced apply puts every stated value there and makes its manager own it', () => {
    fc.assert(fc.property(fc.array(write, { maxLength: 4 }), given, (writes, last) => {
      const web = run(writes);
      web.apply('alice', last, { force: true });

      const stated = fieldsOf(schema, body(last));
      const changes = compareFields(schema, body(last), web.live ?? {});
      expect(pathTexts(intersection(stated, changes.modified))).toEqual([]);
      const identity = setOf(['f:apiVersion'], ['f:kind'], ['f:metadata', 'f:name']);
      expect(pathTexts(web.owns('alice'))).toEqual(pathTexts(difference(stated, identity)));
    }));
  });

  test('A49 applying nothing leaves the fields that other appliers state', () => {
    fc.assert(fc.property(fc.array(given, { minLength: 1, maxLength: 3 }), given, (mine, theirs) => {
      const web = new Written();
      mine.forEach((each) => { web.apply('alice', each, { force: true }); });
      web.apply('bob', theirs, { force: true });
      web.apply('alice', {}, { force: true });

      expect(web.owns('alice')).toBeUndefined();
      const stated = fieldsOf(schema, body(theirs));
      const left = difference(fieldsOf(schema, web.live), setOf(['f:metadata', 'f:managedFields']));
      expect(pathTexts(left)).toEqual(pathTexts(stated));
    }));
  });

  test('A50 an apply without force never changes what others own', () => {
    fc.assert(fc.property(fc.array(write, { maxLength: 5 }), given, (writes, last) => {
      const web = run(writes);
      const others = web.managed.filter(({ manager, operation }) => !(manager === 'alice' && operation === 'Apply'));
      const before = web.live;
      if (web.apply('alice', last).outcome !== 'applied') return;

      const changed = compareFields(schema, before ?? {}, web.live ?? {});
      for (const { fieldsV1 } of others) expect(pathTexts(intersection(fieldsV1, union(changed.modified, changed.added)))).toEqual([]);
    }));
  });
});

describe('field sets', () => {
  const element = fc.constantFrom('f:a', 'f:b', 'k:{"n":1}', 'v:"x"');
  const path = fc.array(element, { minLength: 1, maxLength: 3 });
  const paths = fc.array(path, { maxLength: 6 });
  const model = (list: readonly (readonly string[])[]) => new Set(list.map((each) => each.join('/')));

  test('A52 union, difference, intersection and without agree with sets of paths', () => {
    fc.assert(fc.property(paths, paths, (left, right) => {
      const [a, b] = [setOf(...left), setOf(...right)];
      const [x, y] = [model(left), model(right)];

      expect(pathTexts(union(a, b))).toEqual([...new Set([...x, ...y])].sort());
      expect(pathTexts(difference(a, b))).toEqual([...x].filter((each) => !y.has(each)).sort());
      expect(pathTexts(intersection(a, b))).toEqual([...x].filter((each) => y.has(each)).sort());
      expect(pathTexts(without(a, b))).toEqual([...x].filter((each) => ![...y].some((cut) => each === cut || each.startsWith(`${cut}/`))).sort());
      expect(difference(a, a)).toBeUndefined();
      expect(union(a, a)).toBe(a);
    }));
  });

  test('A49 removing all that a value states leaves nothing', () => {
    fc.assert(fc.property(spec, (value) => {
      const whole = body({ spec: value });

      expect(removeFields(schema, whole, setOf(['f:spec'], ['f:metadata'], ['f:kind'], ['f:apiVersion']))).toEqual({});
      expect(removeFields(schema, whole, undefined)).toBe(whole);
    }));
  });
});
