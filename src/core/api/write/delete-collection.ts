import type { KubeObject } from '../../resource/object.js';
import type { Address, DeleteParams, ListParams, ListResult } from '../api.js';
import { isReason } from '../api-error.js';
import { listObjects, type ReadEnv } from '../read/reads.js';
import type { Served } from '../served.js';
import { deleteObject } from './delete.js';
import type { WriteEnv } from './write-env.js';
import { checkDeleteOptions } from './write-options.js';

const pageSize = 10_000;

/**
 * Deletes what the selectors select, one by one in list order; answers the list as it was read. An object that is gone
 * already is no error, any other error ends it. Rule: A63.
 */
export async function deleteCollection(env: WriteEnv, reads: ReadEnv, served: Served, at: Address, options: ListParams & DeleteParams): Promise<ListResult> {
  const { labelSelector, fieldSelector, limit, continue: token, resourceVersion, resourceVersionMatch, ...params } = options;
  checkDeleteOptions(params);
  const deleted: KubeObject[] = [];
  const most = limit !== undefined && limit > 0 ? limit : Infinity;
  let page: ListResult | undefined;
  let next = token;
  do {
    const first: ListParams = page === undefined ? { resourceVersion, resourceVersionMatch } : {};
    page = await listObjects(reads, served, at, { ...first, labelSelector, fieldSelector, limit: Math.min(pageSize, most - deleted.length), continue: next, signal: params.signal });
    for (const object of page.items) {
      await deleteOne(env, served, object, params);
      deleted.push(object);
    }
    next = page.continue;
  } while (next !== undefined && deleted.length < most);
  return { items: Object.freeze(deleted), resourceVersion: page.resourceVersion, ...(next === undefined ? {} : { continue: next }) };
}

async function deleteOne(env: WriteEnv, served: Served, object: KubeObject, params: DeleteParams): Promise<void> {
  const { namespace, name } = object.metadata;
  try {
    await deleteObject(env, served, { namespace, name }, { ...params });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}
