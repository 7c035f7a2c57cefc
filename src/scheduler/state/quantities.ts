import { parseQuantity } from '../../core/index.js';
import { amount, type Amount, type Amounts } from './amount.js';

/** Quantities by resource name, as objects have them. */
export type QuantityTable = { readonly [resource: string]: string };

const none: Amounts = new Map();

/**
 * A quantity in the unit of its resource, rounded up: milli-cores for cpu, whole bytes or pieces for the rest. What is
 * no quantity counts as 0; the API lets none through. Rule: K53.
 */
export function amountOf(resource: string, quantity: string): Amount {
  const nano = parseQuantity(quantity)?.nano ?? 0n;
  const unit = resource === 'cpu' ? 1_000_000n : 1_000_000_000n;
  const whole = nano / unit;
  return amount(nano > 0n && nano % unit !== 0n ? whole + 1n : whole);
}

/** A table of them; explicit zeros are kept (K52). */
export function amountsOf(table: QuantityTable | undefined): Amounts {
  if (!table) return none;
  return new Map(Object.entries(table).map(([resource, quantity]) => [resource, amountOf(resource, quantity)]));
}
