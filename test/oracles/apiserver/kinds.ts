import { qualifiedKind, type AnyKind } from '../../../src/core/resource/kind.js';
import * as kinds from '../../../src/kinds/index.js';

/** What programs can name: the built-in kinds, by `ConfigMap` or `Deployment.apps`. */
const byName = new Map((Object.values(kinds).filter((value) => typeof value !== 'function') as readonly AnyKind[]).map((kind) => [qualifiedKind(kind), kind]));

export function kindOf(name: string): AnyKind {
  const kind = byName.get(name);
  if (!kind) throw new Error(`programs know no kind ${name}`);
  return kind;
}

/** Where its requests go, without a name. */
export function pathOf(kind: AnyKind, namespace: string): string {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  return kind.namespaced ? `${base}/namespaces/${namespace}/${kind.plural}` : `${base}/${kind.plural}`;
}
