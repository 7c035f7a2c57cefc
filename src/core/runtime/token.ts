import type { types } from './brand.js';

/**
 * What a service is asked by. The type of an abstract class, because that is the only form of inversify's
 * ServiceIdentifier<T> from which T is inferred; so an abstract class of yours is a token as well.
 */
// any[], as in inversify's own type: unknown[] would refuse classes with constructor parameters, never[] is refused by bind().
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Token<T> = abstract new (...args: any[]) => T;

/** [Token<A>, Token<B>] seen as [A, B]: written this way round so that D is inferred as the values. */
export type Tokens<D extends readonly unknown[]> = { readonly [I in keyof D]: Token<D[I]> };

export interface TokenOptions<T> {
  /** Methods that only one caller at a time may use in effect. Changes nothing at run time; an oracle of the simulation is to watch them (R55, M32). */
  readonly exclusive?: readonly (keyof T & string)[];
}

/** A name for a service, and its type. Interface and token usually share their name. */
export function token<T>(name: string, options: TokenOptions<T> = {}): Token<T> {
  // An empty class stands for T: the container only ever compares it.
  const made = { [name]: class {} }[name] as unknown as Token<T>;
  return Object.assign(made, { exclusive: Object.freeze([...(options.exclusive ?? [])]) });
}

/** A token with the value bound to it. */
export interface Provided {
  readonly [types]?: 'Provided';
  readonly token: Token<unknown>;
  readonly value: unknown;
}

/** Binds a value. For factories, scopes and several bindings of one token: `modules: [new ContainerModule(…)]`. */
export function provide<T>(t: Token<T>, value: NoInfer<T>): Provided {
  return { token: t, value };
}
