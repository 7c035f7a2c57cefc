import { describe, expect, test } from '@jest/globals';
import { decodeContinue, encodeContinue } from '../../../../src/core/api/read/continue-token.js';

const prefix = '/registry/pods/default/';

describe('continue tokens', () => {
  test('A26 a token is what kube-apiserver writes, and comes back as it was', () => {
    const token = encodeContinue({ revision: 9_007_199_254_740_991n, start: `${prefix}a\0` }, prefix);

    expect(Buffer.from(token, 'base64url').toString()).toBe('{"v":"meta.k8s.io/v1","rv":9007199254740991,"start":"a\\u0000"}');
    expect(decodeContinue(token, prefix)).toEqual({ revision: 9_007_199_254_740_991n, start: `${prefix}a\0` });
  });

  test.each(['../x', 'a/../../b', '/x', 'a//b', '.', 'a\0b\0', ''])('B61 %j leads nowhere', (start) => {
    const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 5, start })).toString('base64url');
    expect(() => decodeContinue(token, prefix)).toThrow(/^invalid continue token: /);
  });
});
