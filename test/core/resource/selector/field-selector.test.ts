import { describe, expect, test } from '@jest/globals';
import { parseFieldSelector } from '../../../../src/core/resource/selector/field-selector.js';
import { SelectorError } from '../../../../src/core/resource/selector/selector-error.js';

const pod = { metadata: { name: 'a', namespace: 'x' }, spec: { nodeName: 'n1', hostNetwork: true }, status: {} };
const selectable = ['spec.nodeName', 'spec.hostNetwork', 'status.phase'];
const matches = (text: string) => parseFieldSelector(text, selectable).matches(pod);

describe('field selectors', () => {
  test.each([
    ['metadata.name=a', true], ['metadata.name==a,metadata.namespace=x', true], ['metadata.name!=a', false], ['spec.nodeName=n1', true], ['spec.nodeName=n2', false],
    ['status.phase=', true], ['status.phase!=Running', true], ['spec.hostNetwork=true', true], ['', true], ['metadata.name=a\\,b', false],
  ])('A84 %j: %s', (text, wanted) => {
    expect(matches(text)).toBe(wanted);
  });

  test('A84 other fields are refused', () => {
    expect(() => parseFieldSelector('spec.color=red', selectable)).toThrow('field label not supported: spec.color');
  });

  test.each(['metadata.name', 'metadata.name=a=b', '=x', '!', 'metadata.name=\\x', 'metadata.name=a\\'])('B67 %j is refused', (text) => {
    expect(() => parseFieldSelector(text)).toThrow(SelectorError);
  });

  test('A79 tells the value that a field must have', () => {
    expect(parseFieldSelector('spec.nodeName=n1', selectable).exact('spec.nodeName')).toBe('n1');
    expect(parseFieldSelector('spec.nodeName!=n1', selectable).exact('spec.nodeName')).toBeUndefined();
  });

  test('escapes come back in its text', () => {
    expect(String(parseFieldSelector('metadata.name=a\\,b\\=c\\\\d'))).toBe('metadata.name=a\\,b\\=c\\\\d');
  });
});
