import type { ObjectReference } from '../core/resource/event.js';
import type { OwnerReference } from '../core/resource/object.js';

export type { LabelSelector, LabelSelectorRequirement } from '../core/resource/selector/label-selector.js';
export type { ObjectReference };

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
