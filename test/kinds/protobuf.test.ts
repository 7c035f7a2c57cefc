import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { protobufCodec } from '../../src/kinds/messages/protobuf.js';
import { readVectors } from '../oracles/apiserver/vectors.js';

const vectors = readVectors();
const { decode: decodeProtobuf, encode: encodeProtobuf } = protobufCodec();
type Named = Parameters<typeof encodeProtobuf>[0];

describe('protobuf', () => {
  test.each(vectors.map((vector) => [vector.id, vector] as const))('T14 %s is read as kube-apiserver answers it in JSON', (_, { json, protobuf }) => {
    expect(decodeProtobuf(protobuf)).toEqual(json);
  });

  test.each(vectors.map((vector) => [vector.id, vector] as const))('T14 %s is written as kube-apiserver writes it, byte by byte', (_, { json, protobuf }) => {
    expect(Buffer.from(encodeProtobuf(json as Named)).toString('hex')).toBe(Buffer.from(protobuf).toString('hex'));
  });

  test('T14 fields that are not known are stepped over', () => {
    const bytes = encodeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } } as Named);
    const decoded = decodeProtobuf(bytes);
    // The envelope with a field 15 at its end.
    expect(decodeProtobuf(Uint8Array.of(...bytes, 0x7a, 1, 0x41))).toEqual(decoded);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()], ['JSON', new TextEncoder().encode('{}')], ['a cut envelope', Uint8Array.of(0x6b, 0x38, 0x73, 0, 0x0a, 9, 1)],
    ['a number without an end', Uint8Array.of(0x6b, 0x38, 0x73, 0, ...Array.from({ length: 11 }, () => 0xff))], ['another kind', encodeTyped('v1', 'Nothing')],
  ])('T14 %s is refused', (_, bytes) => {
    expect(() => decodeProtobuf(bytes)).toThrow(expect.objectContaining({ code: 'UnreadableValue' }));
  });

  test('T14 bytes with faults in them are read or refused, and nothing else', () => {
    fc.assert(fc.property(fc.nat(vectors.length - 1), fc.array(fc.tuple(fc.nat(5_000), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat(5_000), (which, faults, cut) => {
      const bytes = Uint8Array.from(vectors[which]?.protobuf ?? []);
      for (const [at, value] of faults) bytes[at % bytes.length] = value;
      try {
        decodeProtobuf(cut < 1_000 ? bytes.subarray(0, cut % bytes.length) : bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'UnreadableValue' });
      }
    }), { numRuns: 2_000, seed: 1 });
  });

  test('T14 a kind that is not built in has no protobuf form', () => {
    expect(() => encodeProtobuf({ apiVersion: 'a.io/v1', kind: 'Thing' })).toThrow('Thing of a.io/v1 is no built-in kind');
  });
});

function encodeTyped(apiVersion: string, kind: string): Uint8Array {
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  const type = [0x0a, ...text(apiVersion), 0x12, ...text(kind)];
  return Uint8Array.of(0x6b, 0x38, 0x73, 0, 0x0a, type.length, ...type);
}
