import type { Reads } from '../../client/client.js';
import type { Delta } from '../../client/delta.js';
import type { Informer } from '../../informer/informer.js';
import type { AddOptions } from '../../queue/queue.js';
import type { Key, KubeObject } from '../../resource/object.js';
import type { Logger } from '../../runtime/logger.js';
import type { ControllerSpec } from '../spec.js';
import type { OwnEvents } from './own-events.js';
import type { Predicate } from './predicate.js';
import type { TriggerFaults } from './trigger-faults.js';

/** Where triggers put what they found, and what they need for it. */
export interface TriggerPorts {
  readonly spec: ControllerSpec;
  readonly services: readonly unknown[];
  readonly log: Logger;
  readonly own: OwnEvents;
  readonly primary: Informer<KubeObject, string>;
  /** Cached reads; a bare name lies in this namespace. */
  readsIn(namespace: string | undefined): Reads;
  readonly faults: TriggerFaults;
  /** `own`: the key whose own run made the change; that key is not started by it. */
  add(key: Key, options: AddOptions, own?: Key): void;
  /** Work of a trigger that goes on after its event; the controller is busy as long. */
  goesOn(work: Promise<void>): void;
}

/** The object before and after. */
export function sides(delta: Delta<KubeObject>): readonly KubeObject[] {
  switch (delta.type) {
    case 'added': return [delta.new];
    case 'deleted': return [delta.old];
    case 'updated': return [delta.old, delta.new];
  }
}

/** A predicate that throws lets the change pass (R7). */
export function passes(ports: TriggerPorts, when: Predicate<KubeObject>, delta: Delta<KubeObject>): boolean {
  try {
    return when(delta);
  } catch (error) {
    ports.faults.report({ what: 'a predicate', about: delta.key, code: 'TriggerFailed', cause: error });
    return true;
  }
}
