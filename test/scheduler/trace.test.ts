import { expect, test } from '@jest/globals';
import { schedulerPlugin } from '../../src/scheduler/index.js';
import { given, nodeOf, withApp } from './app.js';
import { node, pod } from './builders.js';

test('K1 one pod passes the extension points in their order', () => {
  const trace: string[] = [];
  const note = (point: string) => { if (trace.at(-1) !== point) trace.push(point); };
  const recorder = schedulerPlugin({
    name: 'Recorder',
    preEnqueue: () => { note('PreEnqueue'); return true; },
    preFilter: () => { note('PreFilter'); },
    filter: () => { note('Filter'); return true; },
    postFilter: () => { note('PostFilter'); return { code: 'Success' }; },
    preScore: () => { note('PreScore'); },
    score: () => { note('Score'); return 0; },
    reserve: () => { note('Reserve'); },
    unreserve: () => { note('Unreserve'); },
    permit: () => { note('Permit'); },
    preBindPreFlight: () => { note('PreBindPreFlight'); },
    preBind: () => { note('PreBind'); },
    bind: () => { note('Bind'); return { code: 'Skip' }; },
    postBind: () => { note('PostBind'); },
  });
  return withApp({ plugins: [recorder] }, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'a' }), node({ name: 'b' })], pods: [pod({ name: 'web' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'web')).toBeDefined();
    // The default binder comes first and binds, so the recorder's Bind is not asked.
    expect(trace).toEqual(['PreEnqueue', 'PreFilter', 'Filter', 'PreScore', 'Score', 'Reserve', 'Permit', 'PreBindPreFlight', 'PreBind', 'PostBind']);
  });
});
