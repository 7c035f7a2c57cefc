import { defineBuiltinKind } from './builtin-kind.js';
import type { Kind } from './kind.js';
import type { KubeObject, ObjectMeta } from './object.js';
import type { JsonSchema } from './schema.js';

/** Something that happened to an object, told to people; kept for an hour (A64). */
export interface Event extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly involvedObject: ObjectReference;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly action?: string;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly count?: number;
  readonly series?: EventSeries;
  readonly related?: ObjectReference;
}
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}
export interface EventSeries {
  readonly count?: number;
  /** RFC 3339 with microseconds. */
  readonly lastObservedTime?: string | null;
}

const text: JsonSchema = { type: 'string', 'x-setpoint-omitempty': true };
const count: JsonSchema = { type: 'integer', format: 'int32', 'x-setpoint-omitempty': true };
const time: JsonSchema = { type: 'string', format: 'date-time', nullable: true, 'x-setpoint-time': 'seconds' };
const microTime: JsonSchema = { type: 'string', format: 'micro-time', nullable: true, 'x-setpoint-time': 'micros' };
const reference: JsonSchema = {
  type: 'object', 'x-kubernetes-map-type': 'atomic',
  properties: { apiVersion: text, kind: text, namespace: text, name: text, uid: text, resourceVersion: text, fieldPath: text },
};
const schema: JsonSchema = {
  type: 'object', required: ['involvedObject'],
  'x-setpoint-always': ['involvedObject', 'source', 'firstTimestamp', 'lastTimestamp', 'eventTime', 'reportingComponent', 'reportingInstance'],
  properties: {
    involvedObject: reference, related: reference, type: text, reason: text, message: text, action: text,
    source: { type: 'object', properties: { component: text, host: text } },
    reportingComponent: { type: 'string' }, reportingInstance: { type: 'string' },
    firstTimestamp: time, lastTimestamp: time, eventTime: microTime, count,
    series: { type: 'object', 'x-setpoint-always': ['lastObservedTime'], properties: { count, lastObservedTime: microTime } },
  },
};

export const Event: Kind<Event> = defineBuiltinKind<Event>({
  group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true, shortNames: ['ev'],
  schema, createOnUpdate: true,
  selectableFields: [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion',
    'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type',
  ],
  columns: [
    { name: 'Last Seen', type: 'date', path: '.lastTimestamp' }, { name: 'Type', path: '.type' }, { name: 'Reason', path: '.reason' },
    { name: 'Object', path: '.involvedObject.name' }, { name: 'Message', path: '.message' },
  ],
});
