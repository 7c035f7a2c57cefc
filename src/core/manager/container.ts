import { Container, type ContainerModule } from 'inversify';
import { Clock, systemClock } from '../runtime/clock.js';
import { Logger, silent } from '../runtime/logger.js';
import { Random, systemRandom } from '../runtime/random.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Provided, Token } from '../runtime/token.js';

/** Where services come from. Only this file and `run()` know inversify. */
export interface Services {
  readonly runtime: Runtime;
  has(token: Token<unknown>): boolean;
  resolve<T>(token: Token<T>): T;
  resolveAll<T>(token: Token<T>): readonly T[];
  dispose(): Promise<void>;
}

/** A private container: clock, randomness and logger are bound unless the user binds his own; then services, then modules. */
export async function services(o: { readonly services: readonly Provided[]; readonly modules: readonly ContainerModule[]; readonly log: Logger | undefined }): Promise<Services> {
  const container = new Container();
  for (const { token, value } of o.services) container.bind(token).toConstantValue(value);
  if (o.modules.length > 0) await container.load(...o.modules);
  const bindDefault = <T>(token: Token<T>, make: () => T) => {
    if (!container.isBound(token)) container.bind(token).toConstantValue(make());
  };
  bindDefault(Clock, () => systemClock());
  bindDefault(Random, systemRandom);
  bindDefault(Logger, () => o.log ?? silent);
  return {
    runtime: { clock: container.get(Clock), random: container.get(Random), log: container.get(Logger) },
    has: (token) => container.isBound(token),
    resolve: (token) => container.get(token),
    resolveAll: (token) => (container.isBound(token) ? container.getAll(token) : []),
    dispose: async () => { container.unbindAll(); },
  };
}
