import type { Conditions } from '../resource/conditions.js';
import type { types } from '../runtime/brand.js';

export type { Conditions } from '../resource/conditions.js';

export type StatusIn<In> = In extends { readonly status?: infer S } ? Exclude<S, undefined> : never;
export type ConditionTypes<In> = In extends { readonly conditions?: infer C } ? [Exclude<C, undefined>] extends [never] ? string : Exclude<C, undefined> & string : string;

/** What a run observed: the whole status (without conditions and observedGeneration, which are kept for you). Rules: R31–R33. */
export interface Observed<S, C extends string = string> {
  readonly status?: S | undefined;
  readonly conditions?: Conditions<C> | undefined;
}

/** What a run answers. `requeueAfter` is in milliseconds: 0 runs again behind the line. Rules: R18, R20. */
export interface Outcome<S, C extends string = string> extends Observed<S, C> {
  readonly requeueAfter?: number | undefined;
  readonly requeueAt?: Date | undefined;
}

/** TypeScript does not look for unknown properties in what a callback returns. This does, in the outcome, its status and its conditions. */
export type Strict<R, O> = [Extra<R, O>] extends [never] ? unknown : NoSuchField<Extra<R, O>>;
type Extra<R, O> = R extends object ? Exclude<keyof R & string, keyof O> | ExtraIn<R, O, 'status'> | ExtraIn<R, O, 'conditions'> : never;
type ExtraIn<R, O, F extends string> = R extends { readonly [K in F]: infer V } ? V extends object ? `${F}.${Exclude<keyof V & string, keyof NonNullable<O[F & keyof O]>>}` : never : never;
interface NoSuchField<Name> { readonly [types]: Name }

/** Nothing more to do until something changes. */
export function done(): {} {
  return {};
}

/** Run again after `ms` milliseconds; 0 is at once, behind the line (R20). */
export function requeueAfter(ms: number): { readonly requeueAfter: number } {
  return { requeueAfter: ms };
}

/** Run again at this time; in the past is at once. */
export function requeueAt(date: Date): { readonly requeueAt: Date } {
  return { requeueAt: date };
}
