import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { builtinKind } from '../builtin-kind.js';
import { configMapStrategy } from '../plugs/config-map.js';

/** Configuration as text (`data`) and base64 (`binaryData`) by key. */
export interface ConfigMap extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly immutable?: boolean;
  readonly data?: { readonly [key: string]: string };
  readonly binaryData?: { readonly [key: string]: string };
}

export const ConfigMap: Kind<ConfigMap> = builtinKind<ConfigMap>({
  kind: 'ConfigMap', plural: 'configmaps', singular: 'configmap', shortNames: ['cm'], plugs: { strategy: configMapStrategy },
});
