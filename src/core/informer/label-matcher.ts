import type { ListOptions } from '../client/client.js';
import type { KubeObject } from '../resource/object.js';

/** Whether an object has the labels; undefined: all have. `unknown`: more than equalities, which the api judges. */
export function labelMatcher(selector: ListOptions['labelSelector']): ((object: KubeObject) => boolean) | undefined | 'unknown' {
  if (selector === undefined || selector === '') return undefined;
  const terms = typeof selector === 'string' ? equalities(selector) : Object.entries(selector);
  if (terms === undefined) return 'unknown';
  return (object) => terms.every(([label, value]) => object.metadata.labels?.[label] === value);
}

function equalities(selector: string): readonly (readonly [string, string])[] | undefined {
  const terms: (readonly [string, string])[] = [];
  for (const part of selector.split(',')) {
    const term = /^\s*([A-Za-z0-9][A-Za-z0-9._/-]*)\s*==?\s*([A-Za-z0-9._-]*)\s*$/.exec(part);
    if (!term?.[1]) return undefined;
    terms.push([term[1], term[2] ?? '']);
  }
  return terms;
}
