import type { Api } from '../api/api.js';
import type { WriteReport } from '../client/client.js';
import type { Informer } from '../informer/informer.js';
import { qualifiedKind, type AnyKind } from '../resource/kind.js';
import { splitKey, type Key, type KubeObject, type ResourceVersion } from '../resource/object.js';
import { compareVersions } from '../resource/resource-version.js';

interface Wrote {
  readonly kind: AnyKind;
  /** The newest version that a run of this key wrote in this kind; undefined: its answer was lost. */
  version: ResourceVersion | undefined;
  readonly namespace: string | undefined;
}

/**
 * What the runs of each key wrote, until the caches have seen it: the next run of the key waits for that, and settles
 * writes whose answer was lost by a live read first. Rules: R14, R22, R24.
 */
export interface WritesByKey {
  record(run: Key, report: WriteReport): void;
  /** Resolves at once when there is nothing to wait for. @throws CacheBehind */
  settled(run: Key, o: { readonly signal: AbortSignal; readonly timeout: number }): Promise<void>;
  forget(run: Key): void;
}

export function writesByKey(api: Api, informerOf: (kind: AnyKind) => Informer<KubeObject, string>): WritesByKey {
  const wrote = new Map<Key, Map<string, Wrote>>();
  const note = (run: Key, kind: AnyKind, namespace: string | undefined, version: ResourceVersion | undefined) => {
    const kinds = wrote.get(run) ?? new Map<string, Wrote>();
    wrote.set(run, kinds);
    const id = `${qualifiedKind(kind)}/${namespace ?? ''}`;
    const before = kinds.get(id);
    if (!before) kinds.set(id, { kind, namespace, version });
    else if (version === undefined || before.version === undefined) before.version = undefined;
    else if ((compareVersions(version, before.version) ?? 1) > 0) before.version = version;
  };
  return {
    record(run, report) {
      if (report.type === 'answered') note(run, report.kind, splitKey(report.key).namespace, report.resourceVersion);
      if (report.type === 'unknown') note(run, report.kind, report.key === undefined ? undefined : splitKey(report.key).namespace, undefined);
    },
    async settled(run, o) {
      const kinds = wrote.get(run);
      if (!kinds) return;
      for (const [id, { kind, namespace, version }] of [...kinds]) {
        // A list is linearizable: whatever was applied before it shows in the cache once it has come this far.
        const until = version ?? (await api.list(kind, { namespace }, { limit: 1, signal: o.signal })).resourceVersion;
        const { cache } = informerOf(kind);
        if ((compareVersions(cache.seen, until) ?? -1) < 0) await cache.waitFor(until, o);
        kinds.delete(id);
      }
      if (kinds.size === 0) wrote.delete(run);
    },
    forget(run) { wrote.delete(run); },
  };
}
