import { describe, expect, test } from '@jest/globals';
import { planDelete } from '../../../../src/core/api/write/plan-delete.js';
import type { DeleteParams } from '../../../../src/core/api/api.js';
import type { Strategy } from '../../../../src/core/api/plugs.js';
import type { KubeObject } from '../../../../src/core/resource/object.js';
import { Widget } from '../harness.js';

const wallMs = 1_893_456_000_000;
const object = (metadata: object = {}) => ({ apiVersion: 'v1', kind: 'Widget', metadata: { name: 'a', generation: 1, ...metadata } }) as unknown as KubeObject;
const graceful: Strategy = { gracePeriodSeconds: (_, asked) => (asked === undefined ? 30 : asked < 0 ? 1 : asked) };
const plan = (old: KubeObject, params: DeleteParams = {}, strategy: Strategy = {}) => {
  const made = planDelete({ kind: Widget, strategy, old, params, wallMs });
  if (made.type !== 'mark') return made.type;
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = made.object.metadata;
  return [String(deletionTimestamp).slice(14, 19), deletionGracePeriodSeconds, ...(finalizers as string[] | undefined ?? []), ...(made.thenRemove ? ['then remove'] : [])];
};
const ending = (grace: number, finalizers: readonly string[] = []) => object({ deletionTimestamp: `2030-01-01T00:00:${String(grace).padStart(2, '0')}Z`, deletionGracePeriodSeconds: grace, ...(finalizers.length > 0 ? { finalizers } : {}) });

describe('what a delete does', () => {
  const table: readonly (readonly [string, unknown, unknown])[] = [
    ['A57 nothing holds it: gone', plan(object()), 'remove'],
    ['A58 a finalizer holds it', plan(object({ finalizers: ['x/y'] })), ['00:00', 0, 'x/y']],
    ['A58 again: nothing', plan(ending(0, ['x/y'])), 'same'],
    ['A60 grace of the kind', plan(object(), {}, graceful), ['00:30', 30]],
    ['A60 grace asked for', plan(object(), { gracePeriodSeconds: 5 }, graceful), ['00:05', 5]],
    ['A60 below zero counts as one', plan(object(), { gracePeriodSeconds: -3 }, graceful), ['00:01', 1]],
    ['A60 zero: gone at once', plan(object(), { gracePeriodSeconds: 0 }, graceful), ['00:00', 0, 'then remove']],
    ['A60 zero with a finalizer: marked', plan(object({ finalizers: ['x/y'] }), { gracePeriodSeconds: 0 }, graceful), ['00:00', 0, 'x/y']],
    ['A60 later and shorter', plan(ending(30), { gracePeriodSeconds: 10 }, graceful), ['00:10', 10]],
    ['A60 later and longer: nothing', plan(ending(10), { gracePeriodSeconds: 30 }, graceful), 'same'],
    ['A60 later without a wish: nothing', plan(ending(30), {}, graceful), 'same'],
    ['A60 later and zero: gone', plan(ending(30), { gracePeriodSeconds: 0 }, graceful), ['00:00', 0, 'then remove']],
    ['A60 later, when its grace is over: gone', plan(ending(0), { gracePeriodSeconds: 5 }, graceful), 'remove'],
    ['A60 later and zero, held: grace ends', plan(ending(30, ['x/y']), { gracePeriodSeconds: 0 }, graceful), ['00:00', 0, 'x/y']],
    ['A61 Foreground', plan(object(), { propagationPolicy: 'Foreground' }), ['00:00', 0, 'foregroundDeletion']],
    ['A61 Orphan replaces Foreground', plan(object({ finalizers: ['foregroundDeletion', 'x/y'] }), { propagationPolicy: 'Orphan' }), ['00:00', 0, 'x/y', 'orphan']],
    ['A61 Background removes both', plan(object({ finalizers: ['orphan'] }), { propagationPolicy: 'Background' }), 'remove'],
    ['A61 none asked: finalizers there decide', plan(object({ finalizers: ['orphan'] })), ['00:00', 0, 'orphan']],
    ['A61 none asked: the default of the kind', plan(object(), {}, { defaultPropagation: 'Orphan' }), ['00:00', 0, 'orphan']],
    ['A61 too late for a policy while the grace runs', plan(ending(30, ['x/y']), { propagationPolicy: 'Foreground' }, graceful), 'same'],
    ['A61 a policy for one that waits for its finalizers', plan(ending(0, ['x/y']), { propagationPolicy: 'Foreground' }), ['00:00', 0, 'x/y', 'foregroundDeletion']],
    ['A98 held by the kind itself', plan(object(), {}, { holdsDeletion: () => true }), ['00:00', 0]],
  ];
  test.each(table)('%s', (_, planned, expected) => { expect(planned).toEqual(expected); });

  test('A58 a kind with generations counts the mark', () => {
    const made = planDelete({ kind: Widget, strategy: {}, old: object({ finalizers: ['x/y'] }), params: {}, wallMs });
    expect(made.type === 'mark' && made.object.metadata['generation']).toBe(2);
  });
});
