import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';

/** Small confidential data. `data` is base64; `stringData` is plain, write-only, and wins over equal keys (A91). */
export interface Secret extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly immutable?: boolean;
  readonly type?: string;
  readonly data?: { readonly [key: string]: string };
  readonly stringData?: { readonly [key: string]: string };
}
