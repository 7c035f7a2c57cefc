import { sleep } from '../../core/runtime/clock.js';
import { systemRuntime, type Runtime } from '../../core/runtime/runtime.js';
import type { Store } from '../../core/store/provider.js';
import type { StoreHandle } from '../../core/store/store.js';
import { valueCodec, type Value } from './values.js';

/** A store that the rules are held against, and how it is handled. */
export interface StoreUnderTest {
  /** New and empty. A rule may open it more than once: that is one store with several doors. */
  readonly store: Store;
  /** Default: the machine's clock and a random source of its own. */
  readonly runtime?: Runtime;
  /** Lets time pass for the store; default: waits by the runtime's clock. */
  pass?(ms: number): Promise<void>;
  /** Removes what the store leaves behind; called when all handles are closed. */
  remove?(): Promise<void>;
}

export type MakeStore = () => StoreUnderTest | Promise<StoreUnderTest>;

/** What a rule works with. */
export interface Context {
  readonly store: StoreHandle<Value>;
  /** Another handle on the same store. */
  open(codec?: typeof valueCodec): Promise<StoreHandle<Value>>;
  /** A prefix of keys that nothing else uses. */
  prefix(): string;
  pass(ms: number): Promise<void>;
}

/** One rule of `docs/rules/store.md`, or a part of one. */
export interface StoreRule {
  /** Of the rules that it proves: `S27 S35`. */
  readonly id: string;
  readonly title: string;
  /** Makes a store, and rejects when the rule does not hold for it. */
  run(): Promise<void>;
}

/** A rule before it is known which store it is held against. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  check(context: Context): Promise<void>;
}

export function rules(define: (rule: (id: string, title: string, check: (context: Context) => Promise<void>) => void) => void): readonly Rule[] {
  const all: Rule[] = [];
  define((id, title, check) => { all.push({ id, title, check }); });
  return all;
}

export async function withStore(make: MakeStore, check: (context: Context) => Promise<void>): Promise<void> {
  const { store, runtime = systemRuntime(), pass = (ms) => sleep(runtime.clock, ms), remove } = await make();
  const handles: StoreHandle<Value>[] = [];
  const open = async (codec = valueCodec) => {
    const handle = await store.open(codec, runtime);
    handles.push(handle);
    return handle;
  };
  let prefixes = 0;
  try {
    await check({ store: await open(), open, pass, prefix: () => `/p${String(++prefixes)}/` });
  } finally {
    await Promise.all(handles.map((handle) => handle[Symbol.asyncDispose]()));
    await remove?.();
  }
}
