/** The same shape, writable to the bottom. */
export type Draft<T> = T extends string | number | boolean | null | undefined ? T : { -readonly [K in keyof T]: Draft<T[K]> };

/**
 * A changed copy of a frozen object: `recipe` changes a draft, what it does not touch is shared with the original, and
 * the original is given back when it changes nothing. The draft must not be kept.
 *
 * @example
 * await client.update(Node, edit(node, (draft) => { draft.spec.unschedulable = true; }));
 */
export function edit<T extends object>(object: T, recipe: (draft: Draft<T>) => void): T {
  const drafts = new Drafts();
  // A draft has the object's shape; only `readonly` is gone.
  recipe(drafts.of(object) as Draft<T>);
  return drafts.finish(object) as T;
}

type Fields = { [name: string]: unknown };

/** The drafts of one edit: a copy is made of an object when it, or something below it, is changed first. */
class Drafts {
  private readonly proxies = new WeakMap<object, object>();
  private readonly originals = new WeakMap<object, object>();
  private readonly copies = new Map<object, Fields>();
  private ended = false;

  of(original: object): object {
    const known = this.proxies.get(original);
    if (known) return known;
    // The target is an empty twin: a proxy may not lie about a frozen target's properties.
    const target: object = Array.isArray(original) ? [] : {};
    const proxy = new Proxy(target, this.handler(original as Fields));
    this.proxies.set(original, proxy);
    this.originals.set(proxy, original);
    return proxy;
  }

  /** The value that an original became: itself when nothing in it changed. */
  finish(value: unknown): unknown {
    this.ended = true;
    return this.settle(value);
  }

  private settle(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const original = this.originals.get(value) ?? value;
    const current = this.copies.get(original) ?? (original as Fields);
    let settled = current;
    for (const name of Object.keys(current)) {
      const before = current[name];
      const after = this.settle(before);
      if (after === before) continue;
      if (settled === original) settled = copyOf(original as Fields);
      settled[name] = after;
    }
    return settled === original ? original : Object.freeze(settled);
  }

  private handler(original: Fields): ProxyHandler<object> {
    const current = () => this.copies.get(original) ?? original;
    const change = () => {
      if (this.ended) throw new TypeError('a draft was changed after its edit ended');
      const present = this.copies.get(original);
      if (present) return present;
      const copy = copyOf(original);
      this.copies.set(original, copy);
      return copy;
    };
    return {
      get: (_, name) => {
        const value: unknown = Reflect.get(current(), name);
        const own = typeof name === 'string' && Object.hasOwn(current(), name);
        return own && typeof value === 'object' && value !== null && !this.originals.has(value) ? this.of(value) : value;
      },
      set: (_, name, value) => Reflect.set(change(), name, value),
      deleteProperty: (_, name) => Reflect.deleteProperty(change(), name),
      defineProperty: (_, name, descriptor) => Reflect.defineProperty(change(), name, descriptor),
      has: (_, name) => Reflect.has(current(), name),
      ownKeys: () => Reflect.ownKeys(current()),
      getOwnPropertyDescriptor: (target, name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(current(), name);
        if (!descriptor) return undefined;
        const inTarget = Reflect.getOwnPropertyDescriptor(target, name);
        return { ...descriptor, value: Reflect.get(current(), name) as unknown, writable: true, configurable: inTarget?.configurable ?? true };
      },
      setPrototypeOf: () => false,
    };
  }
}

function copyOf(original: Fields): Fields {
  // A list's copy is indexed as an object's is; the cast only says so.
  return (Array.isArray(original) ? [...(original as readonly unknown[])] : { ...original }) as Fields;
}
