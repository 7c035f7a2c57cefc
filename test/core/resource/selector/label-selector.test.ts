import { describe, expect, test } from '@jest/globals';
import { labelMatcher, labelSelectorCauses, labelsSelector, parseLabelSelector, type LabelSelector } from '../../../../src/core/resource/selector/label-selector.js';
import { SelectorError } from '../../../../src/core/resource/selector/selector-error.js';

const objects = [{ a: '1' }, { a: '2' }, {}, { n: '5' }, { n: 'x' }];
const matched = (text: string) => objects.flatMap((labels, i) => (parseLabelSelector(text).matches(labels as { [key: string]: string }) ? [i] : []));

describe('label selectors', () => {
  test.each([
    ['a=1', [0]], ['a==1', [0]], ['a!=1', [1, 2, 3, 4]], ['a in (1,2)', [0, 1]], ['a in ( 1 , 2 )', [0, 1]], ['a notin (1)', [1, 2, 3, 4]], ['a', [0, 1]], ['!a', [2, 3, 4]], ['! a', [2, 3, 4]],
    ['n>3', [3]], ['n<6', [3]], ['n > 5', []], ['a,a!=2', [0]], ['', [0, 1, 2, 3, 4]], ['a=', []], ['a in (1,),n', []],
  ])('A82 %j', (text, wanted) => {
    expect(matched(text)).toEqual(wanted);
  });

  test.each(['a in (', 'a==b==c', '!', 'a in 1', 'a b', '=b', 'a,,b', 'a,', 'a in (1))', 'a/b/c=d', 'a=b c', `${'x'.repeat(64)}=1`, `a=${'x'.repeat(64)}`, 'n>x', 'in (a)', 'a (b)'])('A82 B67 %j is refused', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(SelectorError);
    expect(() => parseLabelSelector(text)).toThrow(/^(unable to parse requirement: |found ')/);
  });

  test('B68 more than 10,000 requirements or values are refused', () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `v${i}`);

    expect(() => parseLabelSelector(many.join(','))).toThrow(SelectorError);
    expect(() => parseLabelSelector(`a in (${many.join(',')})`)).toThrow(SelectorError);
    expect(parseLabelSelector(`a in (${many.slice(1).join(',')})`).matches({ a: 'v7' })).toBe(true);
  });

  test('equal selectors have equal text', () => {
    expect(String(parseLabelSelector(' b in (y,x,x) , a == 1, !c,d>1'))).toBe('a=1,b in (x,y),!c,d>1');
    expect(String(labelsSelector({ b: 'x', a: '1' }))).toBe('a=1,b=x');
    expect(String(parseLabelSelector(String(parseLabelSelector('a!=1,b notin (x,y),c'))))).toBe('a!=1,b notin (x,y),c');
  });

  test('A82 labels named like members of Object are data', () => {
    expect(parseLabelSelector('toString').matches({})).toBe(false);
    expect(parseLabelSelector('constructor=x').matches({ constructor: 'x' })).toBe(true);
  });

  test('A82 a selector in an object: null selects nothing, empty everything', () => {
    expect(labelMatcher(null).matches({})).toBe(false);
    expect(labelMatcher(undefined).matches({})).toBe(false);
    expect(labelMatcher({}).matches({ a: '1' })).toBe(true);
    expect(labelMatcher({ matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['x'] }] }).matches({ a: '1' })).toBe(true);
    expect(labelMatcher({ matchExpressions: [{ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'DoesNotExist' }] }).matches({ a: '', b: '' })).toBe(false);
  });

  test('A83 In and NotIn need values, Exists and DoesNotExist forbid them', () => {
    const causes = labelSelectorCauses({
      matchExpressions: [{ key: 'a', operator: 'In', values: [] }, { key: 'a', operator: 'Exists', values: ['x'] }, { key: 'a', operator: 'Like' }, { key: 'a b', operator: 'NotIn', values: ['x y'] }],
    } as unknown as LabelSelector, 'spec.selector');

    expect(causes.map((cause) => `${cause.field} ${cause.reason}`)).toEqual([
      'spec.selector.matchExpressions[0].values FieldValueRequired', 'spec.selector.matchExpressions[1].values FieldValueForbidden',
      'spec.selector.matchExpressions[2].operator FieldValueInvalid', 'spec.selector.matchExpressions[3].key FieldValueInvalid', 'spec.selector.matchExpressions[3].values[0] FieldValueInvalid',
    ]);
  });
});
