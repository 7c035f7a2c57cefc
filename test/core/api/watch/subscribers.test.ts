import { expect, test } from '@jest/globals';
import type { Change } from '../../../../src/core/api/watch/change.js';
import { Subscribers, type Subscriber } from '../../../../src/core/api/watch/subscribers.js';
import type { KubeObject } from '../../../../src/core/resource/object.js';

const onNode = (nodeName: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { nodeName } }) as unknown as KubeObject;
const change = (before: string | undefined, after: string | undefined) =>
  ({ old: before === undefined ? undefined : onNode(before), new: after === undefined ? undefined : onNode(after) }) as unknown as Change; // all that is looked at

test('A79 of 10 000 watches by node name only those are looked at whose node a change concerns', () => {
  const subscribers = new Subscribers();
  const touched: string[] = [];
  let watching = false;
  for (let i = 0; i < 10_000; i++) {
    const subscriber: Partial<Subscriber> = { pin: { field: 'spec.nodeName', value: `n${i}` }, bookmarks: false, changes: () => {} };
    subscribers.add(new Proxy(subscriber as Subscriber, {
      get(target, name) {
        if (watching) touched.push(`n${i} ${String(name)}`);
        return target[name as keyof Subscriber];
      },
    }));
  }
  watching = true;

  subscribers.batch({ revision: 2n, changes: [change(undefined, 'n7'), change('n8', 'n9'), change('n10', undefined), change('n7', 'n7'), change(undefined, 'elsewhere')] } as never); // all that is looked at

  expect(touched).toEqual(['n7 changes', 'n8 changes', 'n9 changes', 'n10 changes']);
});
