import type { Strategy } from '../../core/api/plugs.js';
import type { KubeObject } from '../../core/resource/object.js';
import type { StatusCause } from '../../core/resource/status.js';
import type { ConfigMap } from '../core-v1/config-map-object.js';
import { forbidden, invalid, tooLong } from '../../core/resource/validation/causes.js';
import { equal } from '../../core/resource/json/equal.js';

/** Bytes that the data of one ConfigMap or Secret may have. */
export const mostDataBytes = 1_048_576;

/** Sizes, keys and the `immutable` switch of ConfigMaps. Rule: A91. */
export const configMapStrategy: Strategy = {
  validate(object) {
    // The api gives this strategy ConfigMaps only.
    const { data = {}, binaryData = {} } = object as ConfigMap;
    const causes = [...Object.keys(data).flatMap((key) => badKey('data', key)), ...Object.keys(binaryData).flatMap((key) => badKey('binaryData', key))];
    for (const key of Object.keys(binaryData)) {
      if (Object.hasOwn(data, key)) causes.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    const bytes = Object.values(data).reduce((sum, text) => sum + textBytes(text), 0)
      + Object.values(binaryData).reduce((sum, text) => sum + decodedBytes(text), 0);
    if (bytes > mostDataBytes) causes.push(tooLong('', mostDataBytes));
    return causes;
  },
  validateUpdate: (object, old) => frozenData(object, old, ['data', 'binaryData']),
};

/** Once `immutable`, neither the data nor the switch itself changes. */
export function frozenData(object: KubeObject, old: KubeObject, fields: readonly ('data' | 'binaryData')[]): readonly StatusCause[] {
  const now = object as ConfigMap;
  const before = old as ConfigMap;
  if (before.immutable !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  return [
    ...(now.immutable === true ? [] : [forbidden('immutable', why)]),
    ...fields.filter((field) => !equal(now[field], before[field])).map((field) => forbidden(field, why)),
  ];
}

/** Data keys become file names. */
export function badKey(field: string, key: string): readonly StatusCause[] {
  const path = `${field}[${key}]`;
  if (key.length > 253) return [invalid(path, key, 'must be no more than 253 characters')];
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    return [invalid(path, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")];
  }
  if (key === '.' || key === '..') return [invalid(path, key, `must not be '${key}'`)];
  return key.startsWith('..') ? [invalid(path, key, "must not start with '..'")] : [];
}

export function textBytes(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** How many bytes a base64 text stands for. */
export function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor(base64.length / 4) * 3 - padding);
}
