import { describe, expect, test } from '@jest/globals';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { decodeKeyValue, decodeRange, encodeRange, encodeTxn } from '../../../../src/core/store/etcd/messages.js';
import { decodeWatch, encodeWatch } from '../../../../src/core/store/etcd/watch-messages.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Buffer.from(text);

describe('messages', () => {
  test('S5 S71 64-bit numbers stay exact', () => {
    const wire = new BinaryWriter().tag(1, 2).bytes(bytes('k')).tag(3, 0).int64(9_007_199_254_740_993n).tag(6, 0).int64(2n ** 63n - 1n).finish();
    expect(decodeKeyValue(wire)).toMatchObject({ modRevision: 9_007_199_254_740_993n, lease: 9_223_372_036_854_775_807n });
  });

  test('requests have the documented field numbers', () => {
    expect(hex(encodeRange({ key: bytes('a'), rangeEnd: bytes('b'), limit: 5, revision: 300n, serializable: true, keysOnly: true, countOnly: true }))).toBe('0a0161120162180520ac02380140014801');
    expect(hex(encodeTxn({
      compare: [{ key: bytes('a'), result: 3, target: 'modRevision', value: 7n }],
      success: [{ type: 'put', key: bytes('a'), value: bytes('v'), lease: 9n, prev: true }],
      failure: [{ type: 'delete', key: bytes('a'), rangeEnd: bytes('b'), prev: false }],
    }))).toBe('0a09080310021a016130071' + '20c120a0a016112017618092001' + '1a081a060a0161120162');
    expect(hex(encodeWatch({ type: 'create', key: bytes('a'), rangeEnd: bytes('b'), startRevision: 2n }))).toBe('0a0e0a0161120162180220013001' + '4001');
    expect(hex(encodeWatch({ type: 'progress' }))).toBe('1a00');
  });

  test('fields that are not known are passed over', () => {
    const header = new BinaryWriter().tag(3, 0).int64(7n).finish();
    const wire = new BinaryWriter().tag(99, 2).bytes(bytes('new')).tag(1, 2).bytes(header).tag(3, 0).bool(true).tag(4, 0).int64(12n).finish();
    expect(decodeRange(wire)).toEqual({ header: { clusterId: 0n, revision: 7n }, kvs: [], more: true, count: 12 });
  });

  test('S77 the last fragment is told from the others', () => {
    const fragment = new BinaryWriter().tag(7, 0).bool(true).finish();
    expect(decodeWatch(fragment)).toMatchObject({ fragment: true, events: [] });
    expect(decodeWatch(new Uint8Array(0))).toMatchObject({ fragment: false, created: false, canceled: false });
  });
});
