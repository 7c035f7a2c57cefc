import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';

/** Configuration as text (`data`) and base64 (`binaryData`) by key. */
export interface ConfigMap extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly immutable?: boolean;
  readonly data?: { readonly [key: string]: string };
  readonly binaryData?: { readonly [key: string]: string };
}
