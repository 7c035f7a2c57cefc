import type { StatusObject } from '@grpc/grpc-js';
import type { Revision } from '../store.js';
import type { Calls } from './calls.js';
import { wholeStore } from './intervals.js';
import { methods } from './methods.js';
import type { WatchResponse } from './watch-messages.js';

/** The oldest revision that the server keeps. A refused read does not say it, but a watch from the beginning of time does. */
export async function findCompacted(calls: Calls, signal: AbortSignal = new AbortController().signal): Promise<Revision> {
  const { endpoint, stream } = await calls.stream(methods.watch, signal);
  return new Promise<Revision>((resolve, reject) => {
    stream.on('data', (response: WatchResponse) => {
      if (response.created && !response.canceled) return;
      resolve(response.compactRevision);
      stream.cancel();
    });
    stream.on('error', () => {});
    stream.on('status', (status: StatusObject) => { reject(calls.streamFault('range', status, endpoint)); });
    stream.write({ type: 'create', ...wholeStore, startRevision: 1n });
  });
}
