import { provide, type AnyKind, type Provided } from 'setpoint';
import { scheduler } from 'setpoint/scheduler';
import { cheapestNode, listPrices, Prices } from './cheapest-node.js';
import { WebApp, webApps } from './web-app.js';

/** What `npm start` runs: a kind and its controller, a scheduler with a plugin, and the price list it asks. */
export const application = WebApp;
export const kinds: readonly AnyKind[] = [WebApp];
export const services: readonly Provided[] = [provide(Prices, listPrices)];

export function parts() {
  return { scheduler: scheduler({ plugins: [cheapestNode.with({ capPerHour: 0.25 })] }), others: [webApps] };
}
