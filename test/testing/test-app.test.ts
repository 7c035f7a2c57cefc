import { describe, expect, test } from '@jest/globals';
import { ConfigError, controller, defineResource, requeueAfter, t } from '../../src/core/index.js';
import { ConfigMap } from '../../src/kinds/index.js';
import { testApp } from '../../src/testing/test-app.js';

const Greeting = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Greeting', spec: t.Object({ who: t.String() }) });

describe('testApp', () => {
  test('settled moves time only as far as back-offs need', async () => {
    let attempts = 0;
    const flaky = controller(Greeting, { name: 'flaky' }).owns(ConfigMap).reconcile(async ({ meta, spec, apply }) => {
      if (++attempts <= 3) throw new Error('not yet');
      await apply(ConfigMap, { metadata: { name: meta.name }, data: { who: spec.who } });
    });
    const app = await testApp(flaky);
    const before = app.now;

    await app.client.create(Greeting, { metadata: { name: 'a' }, spec: { who: 'world' } });
    await app.settled();

    expect((await app.client.get(ConfigMap, 'a'))?.data).toEqual({ who: 'world' });
    expect(app.now - before).toBeLessThan(1_000);
    await app.stop();
  });

  test('advance fires what a controller asked for, settled does not wait for it', async () => {
    const times: number[] = [];
    const ticking = controller(Greeting, { name: 'ticking' }).reconcile(async () => { times.push(app.now); return requeueAfter(60_000); });
    const app = await testApp(ticking);
    await app.client.create(Greeting, { metadata: { name: 'a' }, spec: { who: 'world' } });
    await app.settled();
    const [first = NaN] = times;

    await app.advance(120_000);

    expect(times).toEqual([first, first + 60_000, first + 120_000]);
    await app[Symbol.asyncDispose]();
  });

  test('what reaches out of the process is refused', async () => {
    await expect(testApp({ http: { port: 0 }, signals: true })).rejects.toBeInstanceOf(ConfigError);
  });
});
