import type { KubeObject } from '../../resource/object.js';
import { parseFieldSelector } from '../../resource/selector/field-selector.js';
import { parseLabelSelector } from '../../resource/selector/label-selector.js';
import { SelectorError } from '../../resource/selector/selector-error.js';
import { badRequest } from '../refusals.js';
import type { Served } from '../served.js';
import type { Pin } from '../watch/subscribers.js';

/** What a list or watch asks for, as a test. */
export interface Selection {
  readonly namespace: string | undefined;
  /** The one object that can match at all. */
  readonly name: string | undefined;
  /** Label and field selectors were given (A25). */
  readonly selects: boolean;
  /** Namespace and selectors; undefined: every object of the resource. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** By which its watch is found (A79). */
  readonly pin: Pin | undefined;
}

/** @throws ApiError 400 (A82, A84, B67, B68) */
export function selectionOf(served: Served, namespace: string | undefined, params: { readonly labelSelector?: string | undefined; readonly fieldSelector?: string | undefined }): Selection {
  try {
    const labels = params.labelSelector ? parseLabelSelector(params.labelSelector) : undefined;
    const fields = params.fieldSelector ? parseFieldSelector(params.fieldSelector, served.definition.selectableFields) : undefined;
    const tests: ((object: KubeObject) => boolean)[] = [];
    if (namespace !== undefined) tests.push((object) => object.metadata.namespace === namespace);
    if (labels) tests.push((object) => labels.matches(object.metadata.labels));
    if (fields) tests.push((object) => fields.matches(object));
    const exact = fields?.requirements.find(({ operator }) => operator === '=');
    const pin = exact ? { field: exact.field, value: exact.value } : namespace === undefined ? undefined : { field: 'metadata.namespace', value: namespace };
    return { namespace, name: fields?.exact('metadata.name'), selects: labels !== undefined || fields !== undefined, matches: all(tests), pin };
  } catch (thrown) {
    if (thrown instanceof SelectorError) throw badRequest(thrown.message, { cause: thrown });
    throw thrown;
  }
}

function all(tests: readonly ((object: KubeObject) => boolean)[]): Selection['matches'] {
  const [first, second] = tests;
  if (first === undefined) return undefined;
  if (second === undefined) return first;
  return (object) => tests.every((test) => test(object));
}
