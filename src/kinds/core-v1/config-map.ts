import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { configMapStrategy } from '../plugs/config-map.js';

/** Configuration as text (`data`) and base64 (`binaryData`) by key. */
export interface ConfigMap extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly immutable?: boolean;
  readonly data?: { readonly [key: string]: string };
  readonly binaryData?: { readonly [key: string]: string };
}

export const ConfigMap: Kind<ConfigMap> = defineBuiltinKind<ConfigMap>({
  group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, schema: () => kindSchema('ConfigMap'),
  shortNames: ['cm'], plugs: { strategy: configMapStrategy },
});
