import { describe, expect, test } from '@jest/globals';
import { deepFreeze } from '../../../../src/core/resource/json/deep-freeze.js';
import { edit } from '../../../../src/core/resource/json/edit.js';

interface Node {
  readonly metadata: { readonly name: string; readonly labels: { readonly [key: string]: string } };
  readonly spec: { readonly taints: readonly { readonly key: string }[]; readonly unschedulable: boolean };
  readonly status: { readonly ready: boolean };
}
const node: Node = deepFreeze({ metadata: { name: 'n1', labels: { a: 'b' } }, spec: { taints: [{ key: 'x' }, { key: 'y' }], unschedulable: false }, status: { ready: true } });

describe('edit', () => {
  test('gives a changed copy that shares what did not change', () => {
    const changed = edit(node, (draft) => { draft.spec.unschedulable = true; });

    expect(changed.spec.unschedulable).toBe(true);
    expect(changed.spec.taints).toBe(node.spec.taints);
    expect(changed.status).toBe(node.status);
    expect(node.spec.unschedulable).toBe(false);
    expect(Object.isFrozen(changed.spec)).toBe(true);
  });

  test('gives the original back when nothing changed', () => {
    expect(edit(node, (draft) => { void draft.spec.taints.length; })).toBe(node);
  });

  test('lists can be pushed to, spliced, sorted and walked', () => {
    const changed = edit(node, (draft) => {
      draft.spec.taints.push({ key: 'z' });
      draft.spec.taints.splice(0, 1);
      for (const taint of draft.spec.taints) taint.key += '!';
      draft.spec.taints.sort((a, b) => (a.key < b.key ? 1 : -1));
    });

    expect(changed.spec.taints).toEqual([{ key: 'z!' }, { key: 'y!' }]);
    expect(node.spec.taints).toEqual([{ key: 'x' }, { key: 'y' }]);
  });

  test('fields can be deleted, listed, spread and moved', () => {
    const changed = edit(node, (draft) => {
      delete draft.metadata.labels['a'];
      draft.metadata.labels = { ...draft.metadata.labels, c: String(Object.keys(draft.spec)) };
      draft.spec.taints = [...draft.spec.taints].reverse();
    });

    expect(changed.metadata.labels).toEqual({ c: 'taints,unschedulable' });
    expect(changed.spec.taints).toEqual([{ key: 'y' }, { key: 'x' }]);
    expect(changed.spec.taints[0]).toBe(node.spec.taints[1]);
    expect(JSON.stringify(changed)).toContain('"c":"taints,unschedulable"');
  });

  test('a draft that is kept cannot change anything later', () => {
    let kept: { unschedulable: boolean } | undefined;
    edit(node, (draft) => { kept = draft.spec; });

    expect(() => { if (kept) kept.unschedulable = true; }).toThrow(TypeError);
  });

  test('changes of a thing that was assigned count', () => {
    const changed = edit(node, (draft) => {
      const first = draft.spec.taints[0];
      if (!first) return;
      draft.spec.taints = [first];
      first.key = 'changed';
    });

    expect(changed.spec.taints).toEqual([{ key: 'changed' }]);
  });
});
