import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { secretStrategy } from '../plugs/secret.js';

/** Small confidential data. `data` is base64; `stringData` is plain, write-only, and wins over equal keys (A91). */
export interface Secret extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly immutable?: boolean;
  readonly type?: string;
  readonly data?: { readonly [key: string]: string };
  readonly stringData?: { readonly [key: string]: string };
}

export const Secret: Kind<Secret> = defineBuiltinKind<Secret>({
  group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true, schema: () => kindSchema('Secret'),
  selectableFields: ['type'], plugs: { strategy: secretStrategy },
});
