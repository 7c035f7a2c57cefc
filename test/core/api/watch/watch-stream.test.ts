import { describe, expect, test } from '@jest/globals';
import type { WatchEvent } from '../../../../src/core/api/api.js';
import { WatchStream } from '../../../../src/core/api/watch/watch-stream.js';

const stream = (capacity: number) => new WatchStream({ selection: { matches: undefined, pin: undefined } as never, after: 5n, bookmarks: true, capacity });
const events = (n: number) => Array.from({ length: n }, () => ({ type: 'ADDED' }) as unknown as WatchEvent);
const types = (read: readonly WatchEvent[] | undefined) => [...new Set(read?.map(({ type }) => type))];

describe('WatchStream', () => {
  test('A75 A80 a state larger than the backlog is no backlog: the bookmark after it, and changes, still come', async () => {
    const watch = stream(10);
    watch.open(events(1_000));
    watch.progress(5n, true);
    watch.batch({ revision: 6n, changes: [], events: events(1) } as never);

    const read = await watch.next();

    expect([read?.length, types(read)]).toEqual([1_002, ['ADDED', 'BOOKMARK']]);
  });

  test('A80 a reader that leaves more than the backlog is ended with 410', async () => {
    const watch = stream(10);
    watch.open(events(1_000));
    for (let i = 0; i < 12; i++) watch.batch({ revision: BigInt(6 + i), changes: [], events: events(1) } as never);

    expect(types(await watch.next())).toEqual(['ERROR']);
    expect(await watch.next()).toBeUndefined();
  });
});
