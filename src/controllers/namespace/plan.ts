import { qualifiedResource, type AnyKind, type Conditions, type KubeObject, type Namespace } from '../../core/index.js';

/** What is left of one kind in a namespace after its deletes. */
export interface Remainder {
  readonly kind: AnyKind;
  readonly objects: readonly KubeObject[];
}

export type NamespaceCondition = 'NamespaceDeletionDiscoveryFailure' | 'NamespaceDeletionGroupVersionParsingFailure' | 'NamespaceDeletionContentFailure' | 'NamespaceContentRemaining' | 'NamespaceFinalizersRemaining';

/** What a pass found, in upstream's words. Rule: C80. */
export function namespaceConditions(remaining: readonly Remainder[], failures: readonly string[]): Conditions<NamespaceCondition> {
  const left = remaining.filter(({ objects }) => objects.length > 0);
  const counts = left.map(({ kind, objects }) => `${qualifiedResource(kind)}. has ${String(objects.length)} resource instances`).sort();
  const byFinalizer = new Map<string, number>();
  for (const { metadata } of left.flatMap(({ objects }) => objects)) for (const name of metadata.finalizers ?? []) byFinalizer.set(name, (byFinalizer.get(name) ?? 0) + 1);
  const finalizers = [...byFinalizer].map(([name, count]) => `${name} in ${String(count)} resource instances`).sort();
  return {
    NamespaceDeletionDiscoveryFailure: { status: false, reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    NamespaceDeletionGroupVersionParsingFailure: { status: false, reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    NamespaceDeletionContentFailure: failures.length > 0
      ? { status: true, reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${String(failures.length)} remaining: ${failures.join(', ')}` }
      : { status: false, reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' },
    NamespaceContentRemaining: counts.length > 0
      ? { status: true, reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${counts.join(', ')}` }
      : { status: false, reason: 'ContentRemoved', message: 'All content successfully removed' },
    NamespaceFinalizersRemaining: finalizers.length > 0
      ? { status: true, reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}` }
      : { status: false, reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
  };
}

/** Pods first; the rest has to wait until no pod is left. Rule: C79. */
export function contentOrder(kinds: readonly AnyKind[]): { readonly first: readonly AnyKind[]; readonly rest: readonly AnyKind[] } {
  const namespaced = kinds.filter((kind) => kind.namespaced);
  const isPod = (kind: AnyKind) => kind.group === '' && kind.kind === 'Pod';
  return { first: namespaced.filter(isPod), rest: namespaced.filter((kind) => !isPod(kind)) };
}

const leastRecheckMs = 5_000;

/** Milliseconds until the next look at what remains, should no event tell of its end. Rule: C81. */
export function recheckAfterMs(remaining: readonly Remainder[]): number {
  const graces = remaining.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.deletionGracePeriodSeconds ?? 0));
  const longest = graces.reduce((a, b) => Math.max(a, b), 0);
  return Math.max(leastRecheckMs, (longest / 2 + 1) * 1_000);
}

/** The spec's finalizers without ours. */
export function remainingFinalizers(namespace: Namespace): readonly string[] {
  return (namespace.spec?.finalizers ?? []).filter((name) => name !== 'kubernetes');
}
