import type { ListParams, ListResult } from '../api/api.js';
import type { KubeObject } from '../resource/object.js';
import { labelsSelector } from '../resource/selector/label-selector.js';
import type { ListOptions, ObjectList } from './client.js';

/** The items as an array that knows at which version it was read. */
export function listOf<T extends KubeObject>(answer: ListResult): ObjectList<T> {
  const extra = { resourceVersion: { value: answer.resourceVersion }, ...(answer.continue === undefined ? {} : { continue: { value: answer.continue } }) };
  // The api answers objects of the kind that it is asked for.
  return Object.freeze(Object.defineProperties([...answer.items], extra)) as unknown as ObjectList<T>;
}

/** What the api takes of a list's options. @throws SelectorError for labels that are none */
export function listParams({ labelSelector, fieldSelector, limit, continue: token }: ListOptions): ListParams {
  return { labelSelector: selectorText(labelSelector), fieldSelector, limit, continue: token };
}

export function selectorText(selector: ListOptions['labelSelector']): string | undefined {
  return selector === undefined || typeof selector === 'string' ? selector : labelsSelector(selector).toString();
}
