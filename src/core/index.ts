/**
 * The inner public entry: what built-in controllers and the scheduler import, and a user gets from 'setpoint' (which
 * adds the housekeeping controllers to `run`). To start with: `defineResource`, `t`, `controller`, `run`.
 */

// Runtime: what comes in from outside.
export type { types } from './runtime/brand.js';
export { alarm, Clock, microTimestamp, parseTimestamp, sleep, systemClock, timestamp, type Alarm, type Timer } from './runtime/clock.js';
export { Aborted, ConfigError, Disposed, SetpointError, toError, UnknownOutcome, type ConfigProblem, type ErrorOptions } from './runtime/errors.js';
export { Logger, silent, withFields } from './runtime/logger.js';
export { longLived } from './runtime/long-lived.js';
export { Histogram, type Metric, type Sample } from './runtime/metrics.js';
export { draw, keyedRandom, Random } from './runtime/random.js';
export type { Runtime } from './runtime/runtime.js';
export { rxScheduler } from './runtime/rx-scheduler.js';
export { provide, token, type Provided, type Token, type TokenOptions, type Tokens } from './runtime/token.js';
export { invariant, unreachable } from './runtime/assert.js';

// Resources: what an object is.
export { t, type Common, type Lists, type Numbers, type SchemaBuilder, type Strings } from './resource/schema-builder.js';
export type { AnySchema, Flat, InOf, Json, JsonSchema, OutOf, Presence, Quantity, Rule, Schema, SchemaLike, StandardLike, Static } from './resource/schema.js';
export { defineResource, type DefinedKind, type ResourceOptions } from './resource/define-resource.js';
export { readValue } from './resource/read-value.js';
export { DefinitionError } from './resource/definition-error.js';
export { qualifiedKind, qualifiedResource, type AnyKind, type Column, type Kind, type ObjectOf, type Scale } from './resource/kind.js';
export { keyOf, splitKey, type Condition, type Epoch, type FieldsV1, type Key, type KubeObject, type ManagedFieldsEntry, type ObjectMeta, type OwnerReference, type Ref, type Resource, type ResourceVersion, type StatusMeta, type Uid } from './resource/object.js';
export type { ApplyInput, CreateInput, JsonPatchOp, MergePatch, MetaInput, UpdateInput } from './resource/inputs.js';
export { edit, type Draft } from './resource/json/edit.js';
export { canonical } from './resource/json/canonical.js';
export { deepFreeze } from './resource/json/deep-freeze.js';
export { equal } from './resource/json/equal.js';
export { groupOf } from './resource/owner-reference.js';
export { findCondition, isConditionTrue, mergeConditions, type ConditionInput, type Conditions } from './resource/conditions.js';
export { labelMatcher, type LabelMatcher, type LabelSelector, type LabelSelectorRequirement } from './resource/selector/label-selector.js';
export { addQuantities, canonicalQuantity, compareQuantities, isQuantity, parseQuantity, quantityMilliValue, quantityValue } from './resource/quantity.js';
export { parseDuration } from './resource/duration.js';
export { compareVersions } from './resource/resource-version.js';
export type { Status, StatusCause, StatusDetails } from './resource/status.js';
export { Namespace, type NamespaceSpec, type NamespaceStatus } from './resource/namespace.js';
export { Lease, type LeaseSpec } from './resource/lease.js';
export { Event, type EventSeries, type ObjectReference } from './resource/event.js';
export { CustomResourceDefinition } from './resource/custom-resource-definition.js';

// Stores.
export type { Store } from './store/provider.js';
export { memory, type MemoryOptions } from './store/memory/memory.js';
export { backupStore, restoreStore } from './store/backup-store.js';
export { verifyStore } from './store/verify-store.js';
export type { Restored, RestoreOptions } from './store/backup.js';
export type { Backup, Verification, VerifiedMember } from './store/store.js';

// The API and its client.
export { ApiError, failure, isReason } from './api/api-error.js';
export type { AdmissionAnswer, AdmissionPlugin, AdmissionRequest } from './api/plugs.js';
export type { Client, DeleteOptions, ListOptions, ObjectList, ReadOptions, Reads, Subresource, SubresourcePatch, WriteOptions, Writes } from './client/client.js';
export type { Batch, Delta, Revisions } from './client/delta.js';

// Informers and the work queue.
export type { Cache, Informer, InformerOptions, InformerStatus, InformerSubscription } from './informer/informer.js';
export { CacheBehind, CacheSyncTimeout, OutOfScope, UnknownIndex } from './informer/errors.js';
export { priorities, type AddOptions, type BackoffOptions, type DrainOptions, type Finish, type QueueCore, type QueueEffect, type QueueEntry, type QueueInput, type QueueOptions, type QueueSnapshot, type Reason, type Run as QueueRun, type WorkQueue } from './queue/queue.js';
export { createQueueCore } from './queue/step.js';
export { workQueue, type WorkQueueOptions } from './queue/work-queue.js';

// Controllers.
export { controller, type Controller, type ControllerBuilder } from './controller/builder.js';
export type { ControllerHandle } from './controller/controller-handle.js';
export type { MapContext, ObjectEvents, Reconcile } from './controller/context.js';
export { AlreadyOwned, DeadlineExceeded, InvalidOutcome, InvalidOwner, RetryError, TerminalError } from './controller/errors.js';
export type { ControllerOptions } from './controller/options.js';
export { done, requeueAfter, requeueAt, type Observed, type Outcome } from './controller/outcome.js';
export { and, annotationsChanged, generationChanged, labelsChanged, not, or, resourceVersionChanged, type Predicate } from './controller/triggers/predicate.js';
export type { OutcomeOf, ReconcileOf } from './controller/reconcile-of.js';
export { extension, runnable, runnableSet, type AppEvent, type DrainReport, type Leadership, type Runnable, type RunnableContext, type RunnableOptions, type Running, type Term } from './controller/runnable.js';
export type { TriggerValue } from './controller/triggers/trigger-value.js';

// Leaders.
export type { ElectionOptions } from './election/election.js';

// The composition root.
export type { App, HealthReport, StopReport } from './manager/app.js';
export { NotSettled, UnknownPart } from './manager/app-errors.js';
export type { Run } from './manager/run.js';
export type { HealthOptions } from './manager/health.js';
export type { Cluster, RunOptions } from './manager/run-options.js';
