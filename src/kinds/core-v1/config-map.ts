import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import { kindSchema } from '../messages/table.js';
import { configMapStrategy } from '../plugs/config-map.js';
import type { ConfigMap as ConfigMapObject } from './config-map-object.js';

export type * from './config-map-object.js';

export type ConfigMap = ConfigMapObject;
export const ConfigMap: Kind<ConfigMap> = defineBuiltinKind<ConfigMap>({
  group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, schema: () => kindSchema('core/v1.ConfigMap'),
  shortNames: ['cm'], plugs: { strategy: configMapStrategy },
});
