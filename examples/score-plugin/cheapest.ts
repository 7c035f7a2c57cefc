import { t, token } from 'setpoint';
import { scorePlugin } from 'setpoint/scheduler';

export interface Prices { perHour(node: string, signal: AbortSignal): Promise<number> }
export const Prices = token<Prices>('Prices');

export const cheapest = scorePlugin({
  name: 'CheapestNode', weight: 2, onFailure: 50, timeout: 200,
  config: t.Object({ capPerHour: t.Number({ minimum: 0 }), floor: t.Number({ default: 0 }) }),
  inject: [Prices],
  async score({ node, config, signal }, prices) {
    const price = await prices.perHour(node.name, signal);
    const share = Math.min(price, config.capPerHour) / config.capPerHour;
    return Math.max(config.floor, 100 * (1 - share));              // floor: number, the default is filled in
  },
});
