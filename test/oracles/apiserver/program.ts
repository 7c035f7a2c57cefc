/**
 * A request program: what is asked of an api, one request after the other, in one namespace of its own. The same program
 * is played against kube-apiserver and against the api here; their traces have to be equal.
 *
 * In strings, `$ns` is the program's namespace and `${2.metadata.uid}` a place in the answer to step 2.
 */
export interface Program {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** Who asks, on both sides: the field manager where none is named. */
export const clientName = 'oracle';

export interface Options {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
}

export interface DeleteOptions {
  readonly dryRun?: boolean;
  readonly propagationPolicy?: string;
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** A body: the object itself, or the object of an earlier answer changed by a JSON merge patch. */
export type Body = { readonly object: unknown } | { readonly from: number; readonly merge?: unknown };

interface Target {
  /** `ConfigMap`, `Deployment.apps`. */
  readonly kind: string;
  readonly name?: string;
  readonly subresource?: string;
}

export type Step = Target & (
  | ({ readonly verb: 'create' | 'update'; readonly options?: Options } & Body)
  | { readonly verb: 'patch'; readonly type: 'json' | 'merge' | 'strategic'; readonly patch: unknown; readonly options?: Options }
  | { readonly verb: 'apply'; readonly object: unknown; readonly force?: boolean; readonly options?: Options }
  | { readonly verb: 'get'; readonly resourceVersion?: string }
  | { readonly verb: 'list'; readonly options?: ListOptions }
  | { readonly verb: 'delete'; readonly options?: DeleteOptions }
  | { readonly verb: 'deleteCollection'; readonly options?: DeleteOptions & ListOptions }
);

/** What one request came to. */
export type Answer =
  | { readonly type: 'object'; readonly object: unknown; readonly created?: boolean; readonly warnings?: readonly string[] }
  | { readonly type: 'list'; readonly list: unknown }
  | { readonly type: 'gone' }
  | { readonly type: 'refused'; readonly status: unknown };

export interface TraceEvent {
  readonly type: string;
  readonly object: unknown;
}

/** All that an api showed of a program. */
export interface Trace {
  readonly answers: readonly Answer[];
  /** What a watch of each kind in the namespace told, from before the first step on. */
  readonly events: { readonly [kind: string]: readonly TraceEvent[] };
}

/** An api that plays programs: kube-apiserver, or the one here. */
export interface Player extends AsyncDisposable {
  play(program: Program): Promise<Trace>;
}
