import { expect, test } from '@jest/globals';
import { Graph } from '../../../src/controllers/garbage-collector/graph.js';
import { OwnerLookup } from '../../../src/controllers/garbage-collector/owner-lookup.js';
import type { Client, OwnerReference, Uid } from '../../../src/index.js';
import { ConfigMap } from '../../../src/kinds/index.js';

test('C68 an absent owner is asked for once, and once more after a list: a restored store has it again', async () => {
  const uid = 'uid-1' as Uid;
  const reference: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid };
  let [reads, isThere] = [0, false];
  const get = () => {
    reads++;
    return Promise.resolve(isThere ? { metadata: { name: 'owner', uid } } : undefined);
  };
  const owners = new OwnerLookup(new Graph(), () => ConfigMap, { get } as unknown as Client);
  const state = () => owners.state(reference, { namespace: 'default' }, new AbortController().signal);

  expect([await state(), await state(), reads]).toEqual(['dangling', 'dangling', 1]);
  isThere = true;
  owners.forgetAbsent();
  expect([await state(), reads]).toEqual(['solid', 2]);
});
