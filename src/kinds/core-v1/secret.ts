import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import { kindSchema } from '../messages/table.js';
import { secretStrategy } from '../plugs/secret.js';
import type { Secret as SecretObject } from './secret-object.js';

export type * from './secret-object.js';

export type Secret = SecretObject;
export const Secret: Kind<Secret> = defineBuiltinKind<Secret>({
  group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true, schema: () => kindSchema('core/v1.Secret'),
  selectableFields: ['type'], plugs: { strategy: secretStrategy },
});
