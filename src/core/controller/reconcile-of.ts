import type { types } from '../runtime/brand.js';
import type { AnyKind, ObjectOf } from '../resource/kind.js';
import type { Reconcile } from './context.js';
import type { ConditionTypes, Outcome, StatusIn } from './outcome.js';

/** For a reconcile function in a file of its own: `(ctx: ReconcileOf<typeof Site>, dns: Dns) => Promise<OutcomeOf<typeof Site>>`. */
export type ReconcileOf<K extends AnyKind> = Reconcile<ObjectOf<K>, StatusIn<K[typeof types]['input']>, ConditionTypes<K[typeof types]['input']>>;
export type OutcomeOf<K extends AnyKind> = Outcome<StatusIn<K[typeof types]['input']>, ConditionTypes<K[typeof types]['input']>> | void;
