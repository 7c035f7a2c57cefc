import { describe, test } from '@jest/globals';
import { storeConformance } from '../../../src/testing/store-conformance/index.js';
import { makers, wanted } from './backends.js';

/** The rules that every store keeps, held against each of ours. */
for (const [name, makeStore] of wanted().flatMap((one) => makers[one] ?? [])) {
  describe(`every store (${name})`, () => {
    for (const { id, title, run } of storeConformance(makeStore, { keeps: name === 'etcd' ? 'bytes' : 'objects' })) test(`${id} ${title}`, run);
  });
}
