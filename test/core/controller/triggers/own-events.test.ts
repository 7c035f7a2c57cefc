import { describe, expect, test } from '@jest/globals';
import type { WriteReport } from '../../../../src/core/client/client.js';
import type { Delta } from '../../../../src/core/client/delta.js';
import { ownEvents } from '../../../../src/core/controller/triggers/own-events.js';
import { defineResource } from '../../../../src/core/resource/define-resource.js';
import type { Key, KubeObject, ResourceVersion } from '../../../../src/core/resource/object.js';
import { t } from '../../../../src/core/resource/schema-builder.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';

const Site = defineResource({ group: 'web.example.com', version: 'v1', kind: 'Site', spec: t.Object({}) });
const Part = defineResource({ group: 'web.example.com', version: 'v1', kind: 'Part', spec: t.Object({}) });
const Other = defineResource({ group: 'web.example.com', version: 'v1', kind: 'Other', spec: t.Object({}) });
const key = 'default/a' as Key;
const rv = (n: number) => String(n) as ResourceVersion;

function object(version: number, generation = 1): KubeObject {
  return { apiVersion: 'web.example.com/v1', kind: 'Part', metadata: { name: 'a', namespace: 'default', resourceVersion: rv(version), generation } } as unknown as KubeObject;
}
function updated(from: number, to: number, generation: readonly [number, number] = [1, 1]): Delta<KubeObject> {
  return { type: 'updated', key, old: object(from, generation[0]), new: object(to, generation[1]), revisions: { first: rv(to), last: rv(to), count: 1 } };
}
function answered(id: number, kind: typeof Site, appliedTo: number | undefined, version: number): WriteReport {
  return { type: 'answered', id, kind, key, object: object(version), verb: 'patch', appliedTo: appliedTo === undefined ? undefined : rv(appliedTo), resourceVersion: rv(version), gone: false };
}
function bare() {
  const clock = virtualClock();
  return { clock, own: ownEvents({ primary: Site, kinds: [Part], clock, signal: new AbortController().signal }) };
}
function setUp() {
  const { clock, own } = bare();
  const passed: number[] = [];
  /** The run of `default/a` that wrote is the only one to leave out. */
  const judge = (delta: Delta<KubeObject>, kind = Part) => {
    own.judge(kind, delta, (by) => { if (by !== key) passed.push(delta.type === 'deleted' ? -1 : Number(delta.new.metadata.resourceVersion)); });
  };
  return { clock, own: { record: (report: WriteReport, run = 1) => { own.record(report, { id: run, key }); }, get held() { return own.held; }, get marks() { return own.marks; } }, passed, judge };
}

describe('own events', () => {
  test('R10 a change that is provably only our own write does not pass', () => {
    const { own, passed, judge } = setUp();
    own.record({ type: 'sent', id: 1, kind: Part, key });
    own.record(answered(1, Part, 5, 6));

    judge(updated(5, 6));

    expect(passed).toEqual([]);
    expect(own.marks).toBe(0);
  });

  test('R10 R11 a change from another version than the write was applied to holds a foreign change', () => {
    const { own, passed, judge } = setUp();
    own.record(answered(1, Part, 5, 6));

    judge(updated(4, 6));

    expect(passed).toEqual([6]);
  });

  test('R11 a no-op bears the version of somebody else\'s write, so that write\'s event passes', () => {
    const { own, passed, judge } = setUp();
    own.record(answered(1, Part, 6, 6));

    judge(updated(5, 6));

    expect(passed).toEqual([6]);
  });

  test('R11 a write to the own primary that raises the generation passes', () => {
    const { own, passed, judge } = setUp();
    own.record(answered(1, Site, 5, 6));
    judge(updated(5, 6, [1, 2]), Site);
    own.record(answered(2, Site, 6, 7));
    judge(updated(6, 7, [2, 2]), Site);

    expect(passed).toEqual([6]);
  });

  test('R12 an event before the answer of its write is judged when the answer is there', () => {
    const { own, passed, judge } = setUp();
    own.record({ type: 'sent', id: 1, kind: Part, key });
    own.record({ type: 'sent', id: 2, kind: Part, key: 'default/b' as Key });
    judge(updated(5, 6));
    judge(updated(6, 7));
    expect(passed).toEqual([]);

    own.record(answered(1, Part, 5, 6));

    expect(passed).toEqual([7]);
  });

  test('R12 writes of two runs with the same number are two writes', () => {
    const { own, passed, judge } = setUp();
    own.record({ type: 'sent', id: 1, kind: Part, key }, 1);
    own.record({ type: 'sent', id: 1, kind: Part, key: 'default/b' as Key }, 2);
    own.record({ ...answered(1, Part, 1, 2), key: 'default/b' as Key }, 2);
    judge(updated(5, 6));
    own.record(answered(1, Part, 5, 6), 1);

    expect(passed).toEqual([]);
  });

  test('R11 R12 a write of unknown outcome or a refused one filters nothing', () => {
    const { own, passed, judge } = setUp();
    own.record({ type: 'sent', id: 1, kind: Part, key });
    judge(updated(5, 6));
    own.record({ type: 'unknown', id: 1, kind: Part, key });
    own.record({ type: 'sent', id: 2, kind: Part, key });
    judge(updated(6, 7));
    own.record({ type: 'failed', id: 2, kind: Part, key });

    expect(passed).toEqual([6, 7]);
  });

  test('R12 a mark older than 10 s counts as foreign', async () => {
    const { clock, own, passed, judge } = setUp();
    own.record(answered(1, Part, 5, 6));
    await clock.advance(10_001);

    judge(updated(5, 6));

    expect(passed).toEqual([6]);
  });

  test('R10 our own create does not pass, a foreign one does', () => {
    const { own, passed, judge } = setUp();
    own.record(answered(1, Part, undefined, 6));
    judge({ type: 'added', key, new: object(6), revisions: { first: rv(6), last: rv(6), count: 1 } });
    judge({ type: 'added', key, new: object(9), revisions: { first: rv(9), last: rv(9), count: 1 } });

    expect(passed).toEqual([9]);
  });

  test('R10 the key whose run made the change is named, so that other keys are started by it', () => {
    const { own } = bare();
    const told: unknown[] = [];
    own.record(answered(1, Part, 5, 6), { id: 1, key: 'default/writer' as Key });
    own.judge(Part, updated(5, 6), (by) => told.push(by));

    expect(told).toEqual(['default/writer']);
  });

  test('R11 what was merged, and what a list brought, is never own', () => {
    const { own, passed, judge } = setUp();
    own.record(answered(1, Part, 5, 6));
    judge({ ...updated(5, 6), revisions: { first: rv(6), last: rv(6), count: Infinity } });
    own.record(answered(2, Part, 6, 8));
    judge({ ...updated(6, 8), revisions: { first: rv(7), last: rv(8), count: 2 } });

    expect(passed).toEqual([6, 8]);
  });

  test('R6 R11 the end of a primary counts, whoever made it', () => {
    const { own, passed, judge } = setUp();
    const gone: Delta<KubeObject> = { type: 'deleted', key, old: object(5), finalState: 'known', revisions: { first: rv(6), last: rv(6), count: 1 } };
    own.record({ ...answered(1, Site, 5, 6), gone: true } as WriteReport);
    judge(gone, Site);
    own.record({ ...answered(2, Part, 5, 6), gone: true } as WriteReport);
    judge(gone, Part);

    expect(passed).toEqual([-1]);
  });

  test('R12 an event waits 10 s for an answer that does not come, then it counts', async () => {
    const { clock, own, passed, judge } = setUp();
    own.record({ type: 'sent', id: 1, kind: Part, key });
    judge(updated(5, 6));
    await clock.advance(9_000);
    expect([passed, own.held]).toEqual([[], 1]);

    await clock.advance(2_000);

    expect([passed, own.held]).toEqual([[6], 0]);
  });

  test('R12 a create without a name holds back additions alone', () => {
    const { own, passed, judge } = setUp();
    own.record({ type: 'sent', id: 1, kind: Part, key: undefined });
    judge({ type: 'added', key, new: object(6), revisions: { first: rv(6), last: rv(6), count: 1 } });
    judge(updated(6, 7));

    expect([passed, own.held]).toEqual([[7], 1]);
  });

  test('R12 I42 marks are gone when they are seen, when they are old, and for kinds that nobody watches', async () => {
    const { clock, own } = setUp();
    for (let i = 0; i < 1_000; i++) own.record({ ...answered(i, Part, 1, 10 + i), key: `default/p${i}` } as WriteReport);
    own.record({ type: 'answered', id: 1, kind: Other, key, object: object(6), verb: 'create', appliedTo: undefined, resourceVersion: rv(6), gone: false });
    expect(own.marks).toBe(1_000);

    await clock.advance(11_000);

    expect([own.marks, clock.pending]).toEqual([0, 0]);
  });
});
