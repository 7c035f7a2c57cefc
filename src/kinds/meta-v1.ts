import type { ObjectReference } from '../core/resource/event.js';
import type { OwnerReference } from '../core/resource/object.js';

export type { ObjectReference };

/** Which labels; no requirement at all matches everything. */
export interface LabelSelector {
  readonly matchLabels?: { readonly [label: string]: string };
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** The metadata that a template may carry. */
export interface TemplateMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface LocalObjectReference { readonly name?: string }

/** Resource names to quantities. */
export type ResourceList = { readonly [resource: string]: string };
