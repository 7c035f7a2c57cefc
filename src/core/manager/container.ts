import type { ContainerModule } from 'inversify';
import { Clock, systemClock } from '../runtime/clock.js';
import { ConfigError, toError } from '../runtime/errors.js';
import { Logger, silent } from '../runtime/logger.js';
import { Random, systemRandom } from '../runtime/random.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Provided, Token } from '../runtime/token.js';

/** Where services come from. Only this file and `run()` know inversify. */
export interface Services {
  readonly runtime: Runtime;
  has(token: Token<unknown>): boolean;
  /** @throws ConfigError when it cannot be made: bound twice, in a circle, or its factory failed (B89) */
  resolve<T>(token: Token<T>): T;
  resolveAll<T>(token: Token<T>): readonly T[];
  dispose(): Promise<void>;
}

/**
 * A private container: clock, randomness and logger are bound unless the user binds his own; then services, then modules.
 * @throws ConfigError for a token that is given two values
 */
export async function services(o: { readonly services: readonly Provided[]; readonly modules: readonly ContainerModule[]; readonly log: Logger | undefined }): Promise<Services> {
  checkOnce(o.services);
  // Loaded by the first app, not by everybody who imports setpoint: it is a third of what that costs.
  const { Container } = await import('inversify');
  const container = new Container();
  for (const { token, value } of o.services) container.bind(token).toConstantValue(value);
  if (o.modules.length > 0) await container.loadAsync(...o.modules);
  const bindDefault = <T>(token: Token<T>, make: () => T) => {
    if (!container.isBound(token)) container.bind(token).toConstantValue(make());
  };
  bindDefault(Clock, () => systemClock());
  bindDefault(Random, systemRandom);
  bindDefault(Logger, () => o.log ?? silent);
  const make = <R>(token: Token<unknown>, resolve: () => R): R => {
    try {
      return resolve();
    } catch (error) {
      throw new ConfigError([{ path: token.name, message: `cannot be made: ${toError(error).message}` }], { cause: error, hint: 'bind each token once; a token that many may bind is asked for with resolveAll' });
    }
  };
  const resolve = <T>(token: Token<T>) => make(token, () => container.get(token));
  return {
    runtime: { clock: resolve(Clock), random: resolve(Random), log: resolve(Logger) },
    has: (token) => container.isBound(token),
    resolve,
    resolveAll: (token) => (container.isBound(token) ? make(token, () => container.getAll(token)) : []),
    dispose: () => container.unbindAllAsync(),
  };
}

function checkOnce(given: readonly Provided[]): void {
  const twice = given.map(({ token }) => token).filter((token, i, all) => all.indexOf(token) !== i);
  if (twice.length > 0) throw new ConfigError([...new Set(twice)].map((token) => ({ path: `services.${token.name}`, message: 'is given more than one value' })), { hint: 'several bindings of one token go into modules' });
}
