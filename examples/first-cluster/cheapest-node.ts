import { t, token } from 'setpoint';
import { scorePlugin } from 'setpoint/scheduler';

/** What a machine costs. A real one would ask a price list over the network; hence the promise and the signal. */
export interface Prices {
  perHour(instanceType: string, signal: AbortSignal): Promise<number>;
}
export const Prices = token<Prices>('Prices');

/** Prefers cheap machines: 100 points for a free one, 0 from `capPerHour` on. */
export const cheapestNode = scorePlugin({
  name: 'CheapestNode', weight: 2, onFailure: 50,
  config: t.Object({ capPerHour: t.Number({ minimum: 0 }) }),
  inject: [Prices],
  async score({ node, config, signal }, prices) {
    const price = await prices.perHour(node.labels['node.kubernetes.io/instance-type'] ?? 'unknown', signal);
    return 100 * (1 - Math.min(price, config.capPerHour) / config.capPerHour);
  },
});

/** The price list of this example. */
export const listPrices: Prices = {
  perHour: (instanceType) => Promise.resolve({ small: 0.05, medium: 0.1, large: 0.22 }[instanceType] ?? 0.3),
};
