import type { Token } from '../core/index.js';
import type { Connection } from './connection.js';

/** A class with real state that stands for a service outside, and the token by which controllers ask for it. */
export interface ServiceModel {
  readonly name: string;
  readonly token: Token<unknown>;
  readonly model: new () => object;
}

/**
 * Puts a model behind a token: in `simulate()` each call of a method becomes a remote call that can be slow, fail, or
 * take effect without an answer. One model is made for each run; `world.service(Model)` is it. Rule: M32 (calls and state).
 */
export function externalService<T>(token: Token<T>, model: new () => NoInfer<T>): ServiceModel {
  // A class whose instances are services makes objects.
  return Object.freeze<ServiceModel>({ name: model.name, token, model: model as new () => object });
}

/** The model as one process reaches it. */
export function remoteService(service: ServiceModel, model: object, connection: Connection): object {
  return new Proxy(model, {
    get(target, property) {
      const value = Reflect.get(target, property) as unknown;
      if (typeof property !== 'string' || typeof value !== 'function') return value;
      const method = value as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => connection.call(service.name, property, async () => method.apply(target, args));
    },
  });
}
