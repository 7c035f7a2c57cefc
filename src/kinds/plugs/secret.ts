import type { Strategy } from '../../core/api/plugs.js';
import type { Secret } from '../core-v1/secret-object.js';
import { badKey, decodedBytes, frozenData, mostDataBytes } from './config-map.js';
import { base64Fault } from '../../core/resource/validation/formats.js';
import { invalid, required, tooLong } from '../../core/resource/validation/causes.js';

/** Keys that a Secret of this type must have. */
const neededKeys: { readonly [type: string]: readonly string[] } = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

/** `stringData` becomes `data`; sizes, keys and immutability. Values never appear in causes. Rule: A91. */
export const secretStrategy: Strategy = {
  default(object) {
    const plain = object['stringData'];
    if (typeof plain !== 'object' || plain === null) return;
    const data: { [key: string]: unknown } = { ...(object['data'] as object | undefined) };
    for (const [key, text] of Object.entries(plain)) {
      // What is no base64 stays, to be refused.
      const given = Object.hasOwn(data, key) ? data[key] : undefined;
      if (typeof given === 'string' && base64Fault(given) !== undefined) continue;
      if (typeof text === 'string') Object.defineProperty(data, key, { value: base64(text), enumerable: true, writable: true, configurable: true });
    }
    object['data'] = data;
    delete object['stringData'];
  },
  validate(object) {
    // The api gives this strategy Secrets only.
    const { data = {}, type = 'Opaque' } = object as Secret;
    const causes = Object.keys(data).flatMap((key) => badKey('data', key));
    if (Object.values(data).reduce((sum, text) => sum + decodedBytes(text), 0) > mostDataBytes) causes.push(tooLong('data', mostDataBytes));
    const account = 'kubernetes.io/service-account.name';
    if (type === 'kubernetes.io/service-account-token' && !(object.metadata.annotations?.[account] ?? '')) causes.push(required(`metadata.annotations[${account}]`));
    if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) causes.push(required('data[username]'), required('data[password]'));
    for (const key of ['.dockercfg', '.dockerconfigjson']) {
      const problem = neededKeys[type]?.includes(key) && Object.hasOwn(data, key) ? jsonObjectProblem(data[key] ?? '') : undefined;
      if (problem !== undefined) causes.push(invalid(`data[${key}]`, '<secret contents redacted>', problem));
    }
    for (const key of Object.hasOwn(neededKeys, type) ? neededKeys[type] ?? [] : []) {
      if (!Object.hasOwn(data, key)) causes.push(required(`data[${key}]`));
    }
    return causes;
  },
  validateUpdate(object, old) {
    const now = object as Secret;
    const before = old as Secret;
    return [
      ...(now.type === before.type ? [] : [invalid('type', now.type, 'field is immutable')]),
      ...frozenData(object, old, ['data']),
    ];
  },
};

/** Why bytes are no JSON object, in the words of Go's decoder for the first character alone: the rest is secret. */
function jsonObjectProblem(base64Text: string): string | undefined {
  const text = atob(base64Text);
  try {
    const value: unknown = JSON.parse(text);
    return value === null || (typeof value === 'object' && !Array.isArray(value)) ? undefined : 'json: cannot unmarshal into Go value of type map[string]interface {}';
  } catch {
    const first = text.trimStart()[0];
    if (first === undefined) return 'unexpected end of JSON input';
    return /[-{["0-9tfn]/.test(first) ? 'it is not JSON' : `invalid character '${first}' looking for beginning of value`;
  }
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
