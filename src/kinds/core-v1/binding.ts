import type { ObjectReference } from '../meta-v1.js';

/** The body of a pod's `binding` subresource: the node it goes to (A67). */
export interface Binding {
  readonly apiVersion?: 'v1';
  readonly kind?: 'Binding';
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    /** Precondition: the pod still has this uid. */
    readonly uid?: string;
    /** Precondition: the pod is still at this version. */
    readonly resourceVersion?: string;
    /** Added to the pod's. */
    readonly annotations?: { readonly [key: string]: string }; readonly labels?: { readonly [key: string]: string };
  };
  readonly target: ObjectReference;
}
