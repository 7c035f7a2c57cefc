import { describe, expect, test } from '@jest/globals';
import type { PluginDefinition } from '../../../src/scheduler/plugin.js';
import { chooseNode, type Decision } from '../../../src/scheduler/framework/scheduling-cycle.js';
import { Attempt } from '../../../src/scheduler/framework/attempt.js';
import { messageOf } from '../../../src/scheduler/framework/diagnosis.js';
import { cycleState, skip, unresolvable, unschedulable, pending, schedulerPlugin } from '../../../src/scheduler/index.js';
import { nodeResourcesFit } from '../../../src/scheduler/plugins/node-resources-fit.js';
import { node, pod } from '../builders.js';
import { profileOf, rig } from '../rig.js';

const three = ['a', 'b', 'c'].map((name) => node({ name }));
const messageIn = (decision: Decision) => (decision.type === 'rejected' ? messageOf(decision.diagnosis) : `placed on ${decision.node.name}`);
const byIn = (decision: Decision) => (decision.type === 'rejected' ? [[...decision.diagnosis.rejectedBy].sort(), [...decision.diagnosis.pendingOn].sort()] : []);
/** Any answer, as JavaScript would give it. */
const answering = (name: string, points: { readonly [point: string]: () => unknown }): PluginDefinition => ({ name, ...points });

describe('prefilter and filter', () => {
  test('K8 filters run in order on each node and stop at the first no', async () => {
    const calls: string[] = [];
    const asks = (name: string, no: string): PluginDefinition => ({ name, filter: ({ node: n }) => { calls.push(`${name} ${n.name}`); return n.name !== no || `${name} says no`; } });
    const { attempt } = rig(three);
    expect(messageIn(await chooseNode(attempt(pod(), [asks('A', 'a'), asks('B', 'b')])))).toBe('placed on c');
    expect(calls).toEqual(['A a', 'A b', 'B b', 'A c', 'B c']);
  });

  test('K24 K43 each node is counted once for each reason it gave; who said no is united', async () => {
    const a: PluginDefinition = { name: 'A', filter: ({ node: n }) => (n.name === 'a' ? unschedulable('no disk', 'no gpu', 'no disk') : n.name === 'b' ? 'no disk' : true) };
    const b: PluginDefinition = { name: 'B', filter: () => pending('later') };
    const { attempt } = rig(three);
    await expect(chooseNode(attempt(pod(), [a, b]))).rejects.toThrow('plugin B answered the status "Pending" at filter'); // K5
    const c: PluginDefinition = { name: 'C', filter: () => unresolvable('wrong rack') };
    const decision = await chooseNode(attempt(pod(), [a, c]));
    expect(messageIn(decision)).toBe('0/3 nodes are available: 1 no gpu, 1 wrong rack, 2 no disk.');
    expect(byIn(decision)).toEqual([['A', 'C'], []]);
  });

  test('K6 a plugin that skips at PreFilter does not filter; at PreScore it adds nothing', async () => {
    const calls: string[] = [];
    const skipper: PluginDefinition = {
      name: 'Skipper', preFilter: () => skip, filter: () => { calls.push('filter'); return true; }, preScore: () => skip, score: () => { calls.push('score'); return 100; },
    };
    const { attempt } = rig(three);
    await chooseNode(attempt(pod(), [skipper]));
    expect(calls).toEqual([]);
  });

  test('K7 sets of names intersect; an empty intersection ends the cycle', async () => {
    const only = (name: string, ...nodes: readonly string[]): PluginDefinition => ({ name, preFilter: () => ({ nodes }) });
    const { attempt } = rig(three);
    expect(messageIn(await chooseNode(attempt(pod(), [only('A', 'a', 'b'), only('B', 'b', 'c')])))).toBe('placed on b');
    const none = await chooseNode(attempt(pod(), [only('B', 'a'), only('A', 'b')]));
    expect([messageIn(none), byIn(none)]).toEqual(["0/3 nodes are available: node(s) didn't satisfy plugin(s) [A B].", [['A', 'B'], []]]);
  });

  test('K7 after Unschedulable the remaining PreFilters still run, after anything worse they do not', async () => {
    const calls: string[] = [];
    const last: PluginDefinition = { name: 'Last', preFilter: () => { calls.push('last'); } };
    const { attempt } = rig(three);
    expect(messageIn(await chooseNode(attempt(pod(), [answering('A', { preFilter: () => unschedulable('not today') }), last])))).toBe('0/3 nodes are available: not today.');
    expect(calls).toEqual(['last']);
    const waits = await chooseNode(attempt(pod(), [answering('A', { preFilter: () => pending('soon') }), last]));
    expect([calls, byIn(waits)]).toEqual([['last'], [[], ['A']]]);
  });

  test('K9 PostFilter runs only after a no; it may nominate, or say why not', async () => {
    const picky: PluginDefinition = { name: 'Picky', filter: () => 'no' };
    const { attempt } = rig(three);
    const nominated = await chooseNode(attempt(pod(), [picky, { name: 'Room', postFilter: () => ({ nominate: 'b' }) }]));
    expect(nominated).toMatchObject({ type: 'rejected', nominate: 'b' });
    const refused = await chooseNode(attempt(pod(), [picky, { name: 'Room', postFilter: () => unschedulable('preemption: no') }, { name: 'More', postFilter: () => unresolvable('and never') }, { name: 'Never', postFilter: () => unschedulable('unheard') }]));
    expect(messageIn(refused)).toBe('0/3 nodes are available: 3 no. preemption: no. and never');
    expect(messageIn(await chooseNode(attempt(pod(), [{ name: 'Room', postFilter: () => { throw new Error('never called'); } }])))).toContain('placed');
  });

  test('K10 no nodes ends the cycle before PreFilter; one feasible node is not scored; without scorers the first will do', async () => {
    const never = () => { throw new Error('never called'); };
    expect(messageIn(await chooseNode(rig([]).attempt(pod(), [{ name: 'A', preFilter: never }])))).toBe('no nodes available to schedule pods');
    const onlyB: PluginDefinition = { name: 'OnlyB', filter: ({ node: n }) => n.name === 'b' || 'no', preScore: never, score: never };
    expect(messageIn(await chooseNode(rig(three).attempt(pod(), [onlyB])))).toBe('placed on b');
    const calls: string[] = [];
    const any: PluginDefinition = { name: 'Any', filter: ({ node: n }) => { calls.push(n.name); return true; } };
    expect(messageIn(await chooseNode(rig(three).attempt(pod(), [any])))).toBe('placed on a');
    expect(calls).toEqual(['a']);
  });

  test('K30 the nominated node is looked at first and, if it will do, alone', async () => {
    const score: PluginDefinition = { name: 'S', score: ({ node: n }) => (n.name === 'a' ? 100 : 0) };
    const { attempt } = rig(three);
    expect(messageIn(await chooseNode(attempt(pod({ status: { nominatedNodeName: 'c' } }), [score])))).toBe('placed on c');
    const notC: PluginDefinition = { name: 'NotC', filter: ({ node: n }) => n.name !== 'c' || 'no' };
    expect(messageIn(await chooseNode(attempt(pod({ status: { nominatedNodeName: 'c' } }), [notC, score])))).toBe('placed on a');
  });

  test('K31 room promised to a pod of at least the same priority is not given away', async () => {
    const { attempt, state } = rig([node({ name: 'a', cpu: '2' })]);
    state.nominations.set(pod({ name: 'promised', cpu: '2', priority: 5 }), 'a');
    const place = async (priority: number) => messageIn(await chooseNode(attempt(pod({ cpu: '1', priority }), [nodeResourcesFit()])));
    expect(await place(5)).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    expect(await place(6)).toBe('placed on a');
  });

  test('K27 K29 with a percentage the search ends at enough nodes, and starts where it is told to', async () => {
    const many = Array.from({ length: 200 }, (_, i) => node({ name: `n${String(i).padStart(3, '0')}` }));
    const seen: string[] = [];
    const filter: PluginDefinition = { name: 'F', filter: ({ node: n }) => { seen.push(n.name); return true; }, score: () => 0 };
    const decision = await chooseNode(rig(many).attempt(pod(), [filter], { percentageOfNodesToScore: 10, start: 150 }));
    expect([seen.length, seen[0], seen[99], decision.lookedAt]).toEqual([100, 'n150', 'n049', 100]);
  });
});

describe('scores', () => {
  const scoring = (raw: { readonly [node: string]: number }, o: Partial<PluginDefinition> = {}): PluginDefinition => ({ name: 'S', score: ({ node: n }) => raw[n.name] ?? 0, ...o });
  const scoresOf = async (...plugins: readonly PluginDefinition[]) => {
    const decision = await chooseNode(rig(three).attempt(pod(), plugins));
    return decision.type === 'placed' ? decision.scores : undefined;
  };

  test('K13 the four normalizers', async () => {
    const raw = { a: 10, b: 30, c: 20 };
    expect((await scoresOf(scoring(raw, { normalize: 'default' })))?.plugins[0]?.normalized).toEqual([33, 100, 66]);
    expect((await scoresOf(scoring(raw, { normalize: 'defaultReverse' })))?.plugins[0]?.normalized).toEqual([67, 0, 34]);
    expect((await scoresOf(scoring(raw, { normalize: 'minMax' })))?.plugins[0]?.normalized).toEqual([0, 100, 50]);
    expect((await scoresOf(scoring(raw)))?.plugins[0]?.normalized).toEqual([10, 30, 20]);
    expect((await scoresOf(scoring({}, { normalize: 'defaultReverse' })))?.plugins[0]?.normalized).toEqual([100, 100, 100]);
    expect((await scoresOf(scoring({ a: 5, b: 5, c: 5 }, { normalize: 'minMax' })))?.plugins[0]?.normalized).toEqual([0, 0, 0]);
  });

  test('K11 raw scores may be any int64, totals are weighted sums', async () => {
    const scores = await scoresOf(scoring({ a: 2 ** 60, b: 2 ** 61, c: 0 }, { normalize: 'default', weight: 3 }), scoring({ a: 7 }, { name: 'T' }));
    expect(scores?.totals).toEqual([157, 300, 0]);
  });

  test('K11 what is not in 0..100 after normalization fails the cycle, naming plugin, node and value', async () => {
    await expect(scoresOf(scoring({ b: 101 }))).rejects.toThrow('plugin S gave node b the score 101');
    await expect(scoresOf(scoring({ a: -1, b: 5 }, { normalize: 'default' }))).rejects.toThrow('plugin S gave node a the score -20');
  });

  test('K12 fractions are rounded half up, once, before normalization; NaN and infinities are refused', async () => {
    expect((await scoresOf(scoring({ a: 0.5, b: 1.49, c: 99.5 })))?.plugins[0]?.raw).toEqual([1, 1, 100]);
    for (const bad of [NaN, Infinity, -Infinity, undefined, '5']) await expect(scoresOf(answering('S', { score: () => bad }))).rejects.toThrow('which is no score');
  });

  test('K32 ties are drawn by a key: the same for the same seed, pod and attempt, and even over many', async () => {
    const winner = async (seed: number, name: string, number = 1) => messageIn(await chooseNode(rig(three).attempt(pod({ name }), [scoring({})], { seed, number })));
    expect(await winner(1, 'p')).toBe(await winner(1, 'p'));
    const counts = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      const one = await winner(7, `p${i}`);
      counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(count).toBeGreaterThan(70);
    expect(counts.size).toBe(3);
  });
});

describe('plugins that answer later, or not', () => {
  test('K113 answers are placed by node, whatever the order of settling, at most 16 at a time', async () => {
    const many = Array.from({ length: 50 }, (_, i) => node({ name: `n${i}` }));
    let underWay = 0;
    let most = 0;
    const { attempt, clock } = rig(many);
    const slow: PluginDefinition = {
      name: 'Slow', timeout: 60_000,
      score: async ({ node: n }) => {
        const i = Number(n.name.slice(1));
        most = Math.max(most, ++underWay);
        await new Promise<void>((resolve) => { clock.setTimer(clock.now() + 100 - i, resolve); });
        underWay--;
        return i;
      },
    };
    const choosing = chooseNode(attempt(pod(), [slow]));
    await clock.advance(10_000);
    const decision = await choosing;
    expect([decision.type === 'placed' ? decision.scores?.totals : [], most]).toEqual([many.map((_, i) => i), 16]);
    expect(clock.pending).toBe(0);
  });

  test('K113 scoreAll is called once with all nodes', async () => {
    const calls: number[] = [];
    const { attempt } = rig(three);
    const decision = await chooseNode(attempt(pod(), [{ name: 'All', scoreAll: ({ nodes }) => { calls.push(nodes.length); return [1, 2, 3]; } }]));
    expect([messageIn(decision), calls]).toEqual(['placed on c', [3]]);
    await expect(chooseNode(attempt(pod(), [{ name: 'All', scoreAll: () => [1] }]))).rejects.toThrow('did not give one score for each node');
  });

  test('K114 the signal aborts at the timeout, which counts only time spent waiting for this plugin', async () => {
    const { attempt, clock } = rig(three);
    const signals: AbortSignal[] = [];
    const never: PluginDefinition = { name: 'Never', score: ({ signal }) => { signals.push(signal); return new Promise<number>(() => { /* never */ }); } };
    const other: PluginDefinition = { name: 'Other', timeout: 5_000, preFilter: () => new Promise((resolve) => { clock.setTimer(clock.now() + 1_000, () => { resolve(); }); }) };
    const choosing = chooseNode(attempt(pod(), [other, never])).catch((error: unknown) => String(error));
    await clock.advance(1_099);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect([signals[0]?.aborted, await choosing]).toEqual([true, 'PluginFailed: plugin Never was given up, because it took too long, at score']);
    expect(clock.pending).toBe(0);
  });

  test.each<readonly ['fail' | 'skip' | number, readonly (number | undefined)[] | 'error']>([
    ['fail', 'error'], ['skip', []], [40, [50, 40, 100]],
  ])('K114 onFailure %p', async (onFailure, expected) => {
    const one: PluginDefinition = { name: 'One', normalize: 'default', onFailure, score: ({ node: n }) => { if (n.name === 'b') throw new Error('boom'); return n.name === 'a' ? 5 : 10; } };
    const { attempt, faults } = rig(three);
    const got = await chooseNode(attempt(pod(), [one])).then((decision) => (decision.type === 'placed' ? decision.scores?.plugins[0]?.normalized ?? [] : []), () => 'error');
    expect(got).toEqual(expected);
    expect(faults).toEqual(onFailure === 'fail' ? [] : ['One: plugin One failed (boom) at score']);
  });

  test('K115 after five failures in a row it is left alone for 10 s, then tried once', async () => {
    let calls = 0;
    const broken: PluginDefinition = { name: 'Broken', onFailure: 7, scoreAll: () => { calls++; throw new Error('down'); } };
    const { clock, state, ports } = rig(three);
    const profile = profileOf([broken]);
    const place = async () => chooseNode(new Attempt({ pod: pod(), number: 1, profile, snapshot: state.snapshot() }, ports));
    for (let i = 0; i < 8; i++) await place();
    expect(calls).toBe(5);
    await clock.advance(10_000);
    for (let i = 0; i < 3; i++) await place();
    expect(calls).toBe(6);
    await clock.advance(19_999);
    await place();
    expect(calls).toBe(6);
    await clock.advance(1);
    await place();
    expect(calls).toBe(7);
  });

  test('K19 K117 state is typed, shared by one attempt, and closed after it', async () => {
    const slot = cycleState<{ zone: string }>('zone');
    let kept: { write(slot: unknown, value: unknown): void } | undefined;
    const plugin = schedulerPlugin({
      name: 'Zoned',
      preFilter: ({ state }) => { state.write(slot, { zone: 'z' }); kept = state; },
      filter: ({ state, node: n }) => n.name === 'b' && state.read(slot)?.zone === 'z' || 'other zone',
    });
    const one = rig(three).attempt(pod(), [plugin]);
    expect(messageIn(await chooseNode(one))).toBe('placed on b');
    one.end(true);
    expect(() => kept?.write(slot, { zone: 'y' })).toThrow(TypeError);
    expect(() => { (one.state.read(slot) as { zone: string }).zone = 'y'; }).toThrow(TypeError);
  });
});
