import { describe, expect, test } from '@jest/globals';
import { whyNot } from '../../scripts/lint/rooms.mjs';

describe('the import table', () => {
  test.each([
    ['src/core/store/memory/memory.ts', 'src/core/runtime/errors.ts'],
    ['src/core/api/api.ts', 'src/core/store/store.ts'],
    ['src/core/queue/step.ts', 'src/core/queue/line.ts'],
    ['src/core/manager/run.ts', 'src/core/election/elector.ts'],
    ['src/controllers/replicaset/index.ts', 'src/core/index.ts'],
    ['src/scheduler/plugin.ts', 'src/kinds/index.ts'],
    ['src/testing/index.ts', 'src/scheduler/index.ts'],
    ['src/cli/main.ts', 'src/index.ts'],
    ['src/kinds/plugs/binding.ts', 'src/core/api/plugs.ts'],
    ['test/core/queue/step.test.ts', 'src/core/queue/step.ts'],
  ])('X3 %s may import %s', (file, target) => {
    expect(whyNot(file, target)).toBeUndefined();
  });

  test.each([
    ['src/core/store/memory/memory.ts', 'src/core/resource/kind.ts'],
    ['src/core/runtime/clock.ts', 'src/core/resource/kind.ts'],
    ['src/core/resource/kind.ts', 'src/core/api/api.ts'],
    ['src/core/queue/step.ts', 'src/core/client/client.ts'],
    ['src/core/informer/informer.ts', 'src/core/store/store.ts'],
    ['src/core/election/elector.ts', 'src/core/informer/informer.ts'],
    ['src/controllers/replicaset/index.ts', 'src/core/queue/queue.ts'],
    ['src/scheduler/plugin.ts', 'src/controllers/index.ts'],
    ['src/cli/main.ts', 'src/core/store/store.ts'],
    ['src/kinds/core-v1/pod.ts', 'src/core/api/local-api.ts'],
  ])('X3 %s may not import %s', (file, target) => {
    expect(whyNot(file, target)).toMatch(/may import only/);
  });

  test('X3 a folder that is in no row is refused, with what to do', () => {
    expect(whyNot('src/novel/a.ts', 'src/core/index.ts')).toBe('src/novel is in no row of the import table; add it to ARCHITECTURE.md and scripts/lint/rooms.mjs');
  });
});
