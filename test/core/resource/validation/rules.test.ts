import { describe, expect, test } from '@jest/globals';
import { DefinitionError } from '../../../../src/core/resource/definition-error.js';
import type { JsonSchema, Rule } from '../../../../src/core/resource/schema.js';
import { t } from '../../../../src/core/resource/schema-builder.js';
import { validators } from '../../../../src/core/resource/validation/validators.js';

const check = (spec: JsonSchema, value: unknown, old?: unknown) =>
  validators().check({ type: 'object', properties: { spec } }, { spec: value }, old === undefined ? undefined : { spec: old });
const immutable: Rule = { rule: 'self == oldSelf', message: 'host is immutable' };

describe('CEL rules', () => {
  test('A110 a failing rule gives its message, else the rule', () => {
    const schema = t.Object({ engine: t.String(), replicas: t.Integer({ rules: [{ rule: 'self <= 9' }] }) }, { rules: [{ rule: "self.engine != 'mysql' || self.replicas <= 3", message: 'mysql takes at most 3 replicas' }] }).json;

    expect(check(schema, { engine: 'mysql', replicas: 3 })).toEqual([]);
    expect(check(schema, { engine: 'mysql', replicas: 10 })).toEqual([
      { reason: 'FieldValueInvalid', field: 'spec', message: 'Invalid value: mysql takes at most 3 replicas' },
      { reason: 'FieldValueInvalid', field: 'spec.replicas', message: 'Invalid value: 10: failed rule: self <= 9' },
    ]);
  });

  test('A110 a transition rule runs on update only', () => {
    const schema = t.Object({ host: t.String({ rules: [immutable] }) }).json;

    expect(check(schema, { host: 'a' })).toEqual([]);
    expect(check(schema, { host: 'a' }, { host: 'a' })).toEqual([]);
    expect(check(schema, { host: 'b' }, { host: 'a' })).toEqual([{ reason: 'FieldValueInvalid', field: 'spec.host', message: 'Invalid value: "b": host is immutable' }]);
  });

  test('A110 items of a list-type map are compared by key, fields that are new are not', () => {
    const schema = t.Object({ users: t.ListMap('name', t.Object({ name: t.String(), uid: t.Integer({ rules: [immutable] }) })) }).json;
    const old = { users: [{ name: 'a', uid: 1 }, { name: 'b', uid: 2 }] };

    expect(check(schema, { users: [{ name: 'b', uid: 2 }, { name: 'c', uid: 9 }, { name: 'a', uid: 3 }] }, old).map((cause) => cause.field)).toEqual(['spec.users[2].uid']);
  });

  test('A110 optionalOldSelf runs on create as well', () => {
    const schema = t.Object({ n: t.Integer({ rules: [{ rule: 'oldSelf.hasValue() ? self >= oldSelf.value() : self == 0', optionalOldSelf: true }] }) }).json;

    expect(check(schema, { n: 1 })).toHaveLength(1);
    expect(check(schema, { n: 0 })).toEqual([]);
    expect(check(schema, { n: 1 }, { n: 2 })).toHaveLength(1);
  });

  test('A110 reason, fieldPath and messageExpression', () => {
    const schema = t.Object({ a: t.Integer(), b: t.Integer() }, {
      rules: [{ rule: 'self.a < self.b', reason: 'FieldValueForbidden', fieldPath: '.a', messageExpression: "'a is ' + string(self.a)" }],
    }).json;

    expect(check(schema, { a: 2, b: 1 })).toEqual([{ reason: 'FieldValueForbidden', field: 'spec.a', message: 'Forbidden: a is 2' }]);
  });

  test('A110 rules run only on values that fit otherwise', () => {
    const schema = t.Object({ n: t.Integer({ rules: [{ rule: 'self > 5' }] }), s: t.String() }).json;

    expect(check(schema, { n: 1 }).map((cause) => cause.reason)).toEqual(['FieldValueRequired']);
  });

  test('A110 a rule that cannot be evaluated refuses', () => {
    const schema = t.Object({ m: t.Map(t.String(), { rules: [{ rule: "self['x'] == 'y'" }] }) }).json;

    expect(check(schema, { m: {} })).toEqual([{ reason: 'FieldValueInvalid', field: 'spec.m', message: `Invalid value: "object": No such key: x evaluating rule: self['x'] == 'y'` }]);
  });

  test('A112 integers are int, numbers double, date-times timestamps, names escaped', () => {
    const schema = t.Object({
      n: t.Integer(), d: t.Number(), at: t.String({ format: 'date-time' }), 'x-y': t.String(), in: t.String(),
    }, { rules: [{ rule: "self.n / 2 == 1 && self.d / 2.0 == 1.5 && self.at > timestamp('2020-01-01T00:00:00Z') && self.x__dash__y == 'a' && self.__in__ == 'b'" }] }).json;

    expect(check(schema, { n: 3, d: 3, at: '2021-01-01T00:00:00Z', 'x-y': 'a', in: 'b' })).toEqual([]);
  });

  test('B72 matches takes linear time and RE2 only', () => {
    const schema = t.Object({ s: t.String({ rules: [{ rule: `self.matches('^(a+)+$') || self == ".matches('"` }] }) }).json;

    expect(check(schema, { s: `${'a'.repeat(20_000)}b` })).toHaveLength(1);
    expect(check(schema, { s: ".matches('" })).toEqual([]);
  });

  test.each([
    ['no CEL', () => t.String({ rules: [{ rule: 'self ==' }] })],
    ['an empty rule', () => t.String({ rules: [{ rule: ' ' }] })],
    ['a transition below an atomic list', () => t.Array(t.String({ rules: [immutable] }))],
    ['a transition below a set', () => t.Set(t.String({ rules: [immutable] }))],
  ])('A110 refused at definition: %s', (_, make) => {
    expect(make).toThrow(DefinitionError);
  });
});
