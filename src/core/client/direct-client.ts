import type { Address, DeleteParams, Patch, WriteParams, Written } from '../api/api.js';
import { isReason } from '../api/api-error.js';
import type { AnyKind, Kind } from '../resource/kind.js';
import type { KubeObject, Ref } from '../resource/object.js';
import type { DirectClient, ClientSettings, DeleteOptions, ListOptions, ReadOptions, Subresource, WriteOptions } from './client.js';
import { listOf, listParams } from './object-list.js';
import { refAddress, type ObjectAddress } from './ref-address.js';
import { reporter, type Verb } from './write-reporter.js';

/**
 * A client whose every call asks the api. Its verbs are plain functions and may be taken apart from it.
 *
 * Bodies are completed with apiVersion, kind and namespace. Rules: A15, A121, A122, R10.
 */
export function createClient(settings: ClientSettings): DirectClient {
  const requests = new Requests(settings);
  const { api } = settings;
  return Object.freeze<DirectClient>({
    settings,
    get: async (kind, ref, o) => requests.get(kind, refAddress(kind, ref, requests.namespace), o),
    list: async <T extends KubeObject>(kind: Kind<T, unknown>, o: ListOptions & ReadOptions = {}) => {
      const answer = await api.list(kind, { namespace: o.namespace }, { ...listParams(o), signal: requests.signal(o.signal) });
      return listOf<T>(answer);
    },
    create: async (kind, object, o) => {
      const body = requests.complete(kind, object);
      return requests.write(kind, 'create', addressOf(body), o, (params) => api.create(kind, { namespace: body.metadata.namespace }, body, params));
    },
    apply: async (kind, object, o) => requests.apply(kind, requests.complete(kind, object), undefined, o),
    update: async (kind, object, o) => {
      const body = requests.complete(kind, object);
      const at = addressOf(body);
      return requests.write(kind, 'update', at, o, (params) => api.update(kind, at, body, params));
    },
    patch: async (kind, ref, patch, o) => {
      const at = refAddress(kind, ref, requests.namespace);
      return requests.write(kind, 'patch', at, o, (params) => api.patch(kind, at, patchOf(patch, o?.strategic), params));
    },
    delete: async (kind, ref, o) => requests.delete(kind, refAddress(kind, ref, requests.namespace), o),
    subresource: (kind, name) => requests.subresource(kind, name),
  });
}

interface Body {
  readonly metadata: { readonly name?: string; readonly namespace?: string | undefined };
}

class Requests {
  readonly namespace: string;
  readonly #settings: ClientSettings;
  readonly #report: ReturnType<typeof reporter>;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.namespace = settings.namespace ?? 'default';
    this.#report = reporter(settings.onWrite);
  }

  async get<T extends KubeObject>(kind: Kind<T, unknown>, at: Address, o: ReadOptions = {}): Promise<T | undefined> {
    try {
      return (await this.#settings.api.get(kind, at, { signal: this.signal(o.signal) })) as T; // the api answers objects of the kind that it is asked for
    } catch (error) {
      return absent(error);
    }
  }

  async write<T extends KubeObject>(kind: Kind<T, unknown>, verb: Verb, at: Address, o: WriteOptions | undefined, send: (params: WriteParams) => Promise<Written>): Promise<T> {
    const { fence } = this.#settings;
    const params: WriteParams = {
      dryRun: o?.dryRun, fieldManager: o?.fieldManager ?? this.#settings.fieldManager, fence: fence?.(), signal: this.signal(o?.signal),
    };
    // Nothing is known of what a dry run wrote, since it wrote nothing.
    const written = o?.dryRun ? await send(params) : await this.#report(kind, verb, at, () => send(params));
    return written.object as T; // as above
  }

  apply<T extends KubeObject>(kind: Kind<T, unknown>, body: Body, subresource: string | undefined, o: (WriteOptions & { readonly force?: boolean }) | undefined): Promise<T> {
    const at = { ...addressOf(body), subresource };
    return this.write(kind, 'apply', at, o, (params) => this.#settings.api.patch(kind, at, { type: 'apply', value: body, force: o?.force }, params));
  }

  async delete<T extends KubeObject>(kind: Kind<T, unknown>, at: ObjectAddress, o: DeleteOptions = {}): Promise<T | undefined> {
    const { propagation: propagationPolicy, gracePeriodSeconds, preconditions } = o;
    try {
      return await this.write(kind, 'delete', at, o, (params) => {
        const wanted: DeleteParams = { ...params, propagationPolicy, gracePeriodSeconds, preconditions };
        return this.#settings.api.delete(kind, at, wanted);
      });
    } catch (error) {
      return absent(error);
    }
  }

  subresource<T extends KubeObject>(kind: Kind<T, unknown>, name: string): Subresource<T> {
    const { api } = this.#settings;
    const address = (ref: Ref) => ({ ...refAddress(kind, ref, this.namespace), subresource: name });
    return Object.freeze<Subresource<T>>({
      get: async (ref, o) => this.get(kind, address(ref), o),
      create: async (ref, body, o) => {
        const at = address(ref);
        return this.write(kind, 'create', at, o, (params) => api.create(kind, at, body, params));
      },
      update: async (object, o) => {
        const at = address(object);
        return this.write(kind, 'update', at, o, (params) => api.update(kind, at, this.complete(kind, object), params));
      },
      patch: async (ref, patch, o) => {
        const at = address(ref);
        return this.write(kind, 'patch', at, o, (params) => api.patch(kind, at, patchOf(patch, false), params));
      },
      apply: async (ref, body, o) => {
        const at = refAddress(kind, ref, this.namespace);
        const { metadata } = body as { readonly metadata?: object };
        return this.apply(kind, this.complete(kind, { ...body, metadata: { ...metadata, ...at } }), name, o);
      },
    });
  }

  /** A body of this kind, in a namespace where the kind has them (A15). */
  complete(kind: AnyKind, object: object): Body {
    const { metadata } = object as Body;
    const placed = kind.namespaced && !metadata?.namespace ? { ...metadata, namespace: this.namespace } : metadata;
    return { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: placed } as Body;
  }

  signal(asked: AbortSignal | undefined): AbortSignal | undefined {
    const { signal } = this.#settings;
    if (asked === undefined || signal === undefined) return asked ?? signal;
    return AbortSignal.any([asked, signal]);
  }
}

function addressOf({ metadata }: Body): { readonly namespace: string | undefined; readonly name: string | undefined } {
  return { namespace: metadata?.namespace, name: metadata?.name };
}

function patchOf(patch: unknown, strategic: boolean | undefined): Patch {
  if (Array.isArray(patch)) return { type: 'json', ops: patch };
  return { type: strategic ? 'strategic' : 'merge', value: patch };
}

/** An object that is not there is an answer; a resource that is not there is a fault. */
function absent(error: unknown): undefined {
  if (isReason(error, 'NotFound') && error.status.details?.name !== undefined) return undefined;
  throw error;
}
