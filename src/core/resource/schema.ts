import type { types } from '../runtime/brand.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Quantity = string;

/** A CEL rule (x-kubernetes-validations). Rules: A110. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** Structural JSON Schema as CRDs have it. No index signature: misspelt keywords are found, and TypeBox values fit. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string | RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly exclusiveMinimum?: boolean | number | bigint;
  readonly exclusiveMaximum?: boolean | number | bigint;
  readonly multipleOf?: number | bigint;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly Rule[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  /** Of built-in kinds: properties that are there even when nothing was written, as Go has structs by value and fields without omitempty (A52). */
  readonly 'x-setpoint-always'?: readonly string[];
  /** Of a property of built-in kinds: a zero or an empty text, list or map is as good as none, as Go has omitempty. */
  readonly 'x-setpoint-omitempty'?: boolean;
  /** Of lists of built-in kinds: what a null in them is read as. */
  readonly 'x-setpoint-null-item'?: unknown;
  /** Of times of built-in kinds: how fine they are kept, in UTC (T15). */
  readonly 'x-setpoint-time'?: 'seconds' | 'micros';
}

/** required: must be written. optional: may be absent. default: may be left out when written, is there when read. */
export type Presence = 'required' | 'optional' | 'default';

/** A schema value computes its types when it is built: Out as read, In as written. */
export interface Schema<out Out = unknown, out In = Out, out P extends Presence = 'required'> {
  readonly json: JsonSchema;
  readonly [types]: { readonly out: Out; readonly in: In; readonly presence: P };
}
export type AnySchema = Schema<unknown, unknown, Presence>;
export type Static<S extends AnySchema> = S[typeof types]['out'];

/** `& {}` shows one object in hovers and messages, not an intersection. */
export type Flat<T> = { readonly [K in keyof T]: T[K] } & {};

// Foreign schemas. Standard Schema carries its types; a plain JSON Schema literal is read by FromJson.
export interface StandardLike<Out = unknown, In = unknown> {
  readonly '~standard': { readonly version: 1; readonly vendor: string; readonly types?: { readonly output: Out; readonly input: In } | undefined };
}
export type SchemaLike = AnySchema | StandardLike | JsonSchema;
type ReadonlyDeep<T> = T extends (...args: never) => unknown ? T : { readonly [K in keyof T]: ReadonlyDeep<T[K]> };
type RequiredOf<S> = S extends { readonly required: readonly (infer R)[] } ? R : never;
type FromJson<S> =
  S extends { readonly 'x-kubernetes-int-or-string': true } ? number | string
  : S extends { readonly enum: readonly (infer V)[] } ? V
  : S extends { readonly type: 'string' } ? string
  : S extends { readonly type: 'integer' | 'number' } ? number
  : S extends { readonly type: 'boolean' } ? boolean
  : S extends { readonly type: 'array'; readonly items: infer I } ? readonly FromJson<I>[]
  : S extends { readonly type: 'object'; readonly properties: infer P } ? Flat<
      { readonly [K in keyof P as K extends RequiredOf<S> ? K : never]: FromJson<P[K]> } & { readonly [K in keyof P as K extends RequiredOf<S> ? never : K]?: FromJson<P[K]> }>
  : S extends { readonly type: 'object'; readonly additionalProperties: infer V } ? { readonly [key: string]: FromJson<V> }
  : Json;
export type OutOf<S> = S extends AnySchema ? S[typeof types]['out'] : S extends StandardLike<infer O> ? ReadonlyDeep<O> : FromJson<S>;
export type InOf<S> = S extends AnySchema ? S[typeof types]['in'] : S extends StandardLike<unknown, infer I> ? ReadonlyDeep<I> : FromJson<S>;
