import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import { kindSchema } from '../messages/table.js';
import { nodePlugs } from '../plugs/node.js';
import type { Node as NodeObject } from './node-object.js';

export type * from './node-object.js';

export type Node = NodeObject;
export const Node: Kind<Node> = defineBuiltinKind<Node>({
  group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false, schema: () => kindSchema('core/v1.Node'),
  shortNames: ['no'], statusSubresource: true,
  storageKey: 'minions', selectableFields: ['spec.unschedulable'], plugs: nodePlugs,
});
