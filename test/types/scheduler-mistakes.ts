// Mistakes with scheduler plugins and `run`, by the numbers of the tour; as in mistakes.ts.
/* eslint @typescript-eslint/no-unused-expressions: off, @typescript-eslint/no-unsafe-call: off, @typescript-eslint/no-unsafe-return: off, @typescript-eslint/no-floating-promises: off */
import { controller, memory, run, t, type Cluster } from 'setpoint';
import { builtinControllers } from 'setpoint/controllers';
import { event, filterPlugin, scheduler, scorePlugin } from 'setpoint/scheduler';
import { Prices, Site } from './listings.js';

const sites = controller(Site).reconcile(async () => undefined);
declare const cluster: Cluster;
const cheapest = scorePlugin({
  name: 'CheapestNode', weight: 2, onFailure: 50, timeout: 200,
  config: t.Object({ capPerHour: t.Number({ minimum: 0 }), floor: t.Number({ default: 0 }) }),
  inject: [Prices],
  async score({ node, config, signal }, prices) {
    const price = await prices.perHour(node.name, signal);
    return Math.max(config.floor, 100 * (1 - Math.min(price, config.capPerHour) / config.capPerHour));
  },
});
scheduler({ plugins: [cheapest.with({ capPerHour: 4 }, { weight: 5 })] });

// @ts-expect-error 33 run: typo in options
run(sites, { stor: memory() });
// @ts-expect-error 34 run: store and cluster
run(sites, { store: memory(), cluster });
// @ts-expect-error 35 run: options first
run({ store: memory() }, sites);
// @ts-expect-error 36 plugin not configured
scheduler({ plugins: [cheapest] });
// @ts-expect-error 37 plugin config wrong
cheapest.with({ cap: 3 });
// @ts-expect-error 38 score returns string
scorePlugin({ name: 'A', score: () => 'high' });
// @ts-expect-error 39 score and deps
scorePlugin({ name: 'A', inject: [Prices], async score({ node }, prices) { return prices.perHuor(node.name); } });
// @ts-expect-error 40 filter returns false
filterPlugin({ name: 'A', filter: () => false });
// @ts-expect-error 41 event action
event('Node', 'UpdateLabel');
// @ts-expect-error 42 builtin name
builtinControllers({ replace: { replicaset: false } });
// @ts-expect-error 45 config field
scorePlugin({ name: 'A', config: t.Object({ cap: t.Number() }), score: ({ config }) => config.kap });
// @ts-expect-error 48 handle of a part
run(sites).then((app) => app.of(sites).explain());
