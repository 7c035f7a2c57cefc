import { BehaviorSubject, type Observable } from 'rxjs';
import { definition, qualifiedKind, qualifiedResource, type AnyKind, type KindDefinition } from '../resource/kind.js';
import type { JsonSchema } from '../resource/schema.js';
import { ConfigError } from '../runtime/errors.js';
import { equal } from '../resource/json/equal.js';
import type { KindPlugs, Strategy } from './plugs.js';
import type { WatchCache } from './watch/watch-cache.js';
import type { KindRules } from './write/kind-rules.js';

/** A kind that this api serves, with all that is made once for it. */
export interface Served {
  readonly kind: AnyKind;
  readonly definition: KindDefinition;
  readonly plugs: KindPlugs;
  readonly strategy: Strategy;
  /** What its keys begin with. */
  readonly prefix: string;
  /** Schema of whole objects, as apply and ownership take it. */
  readonly schema: JsonSchema;
  readonly rules: KindRules;
  readonly cache: WatchCache;
}

/** The kinds in service; one is taken in with its first request. Rules: A103, B77. */
export class ServedKinds {
  readonly kinds$: Observable<readonly AnyKind[]>;
  readonly #make: (kind: AnyKind) => Served;
  readonly #byHandle = new Map<AnyKind, Served>();
  readonly #byKind = new Map<string, Served>();
  readonly #byResource = new Map<string, Served>();
  readonly #kinds = new BehaviorSubject<readonly AnyKind[]>([]);

  constructor(make: (kind: AnyKind) => Served) {
    this.#make = make;
    this.kinds$ = this.#kinds.asObservable();
  }

  /** @throws ConfigError when another definition of this kind or resource is served (B77) */
  serve(kind: AnyKind): Served {
    return this.#byHandle.get(kind) ?? this.#take(kind);
  }

  all(): readonly Served[] {
    return [...this.#byKind.values()];
  }

  dispose(): void {
    this.#kinds.complete();
  }

  #take(kind: AnyKind): Served {
    const known = this.#byKind.get(qualifiedKind(kind));
    const rival = known ?? this.#byResource.get(qualifiedResource(kind));
    if (rival && !sameKind(rival.kind, kind)) throw twice(rival.kind, kind);
    const served = known ?? this.#make(kind);
    this.#byHandle.set(kind, served);
    if (!known) {
      this.#byKind.set(qualifiedKind(kind), served);
      this.#byResource.set(qualifiedResource(kind), served);
      this.#kinds.next(Object.freeze([...this.#kinds.value, kind]));
    }
    return served;
  }
}

/** Two values of one kind are fine as long as they say the same; code (`plugs`) is compared by reference. */
function sameKind(a: AnyKind, b: AnyKind): boolean {
  if (a.apiVersion !== b.apiVersion || a.kind !== b.kind || a.plural !== b.plural || a.namespaced !== b.namespaced) return false;
  const [{ plugs, ...rest }, { plugs: otherPlugs, ...others }] = [a[definition], b[definition]];
  return plugs === otherPlugs && equal(rest, others);
}

function twice(served: AnyKind, asked: AnyKind): ConfigError {
  const what = `${asked.kind} of ${asked.apiVersion}, resource ${qualifiedResource(asked)}`;
  return new ConfigError([{ path: '', message: `the kind ${what} is defined differently from the one that is served (${served.kind} of ${served.apiVersion})` }], {
    code: 'KindConflict', hint: 'define each kind once and import that value everywhere',
  });
}
