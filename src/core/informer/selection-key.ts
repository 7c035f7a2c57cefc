import type { ListOptions } from '../client/client.js';
import { definition, type AnyKind } from '../resource/kind.js';
import { parseFieldSelector } from '../resource/selector/field-selector.js';
import { labelsSelector, parseLabelSelector, type LabelMatcher } from '../resource/selector/label-selector.js';

/** @throws SelectorError */
export function labelMatcher(selector: ListOptions['labelSelector']): LabelMatcher | undefined {
  if (selector === undefined) return undefined;
  const matcher = typeof selector === 'string' ? parseLabelSelector(selector) : labelsSelector(selector);
  return matcher.requirements.length === 0 ? undefined : matcher;
}

/** Selectors as text, the same for all spellings that differ in order and spacing only (I28). @throws SelectorError */
export function canonicalSelectors(kind: AnyKind, o: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>): { readonly labelSelector: string | undefined; readonly fieldSelector: string | undefined } {
  const fields = o.fieldSelector === undefined ? [] : parseFieldSelector(o.fieldSelector, kind[definition].selectableFields).toString().split(/(?<!\\),/);
  const fieldSelector = fields.sort().join(',');
  return { labelSelector: labelMatcher(o.labelSelector)?.toString(), fieldSelector: fieldSelector === '' ? undefined : fieldSelector };
}
