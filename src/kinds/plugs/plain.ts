import type { KindPlugs } from '../../core/api/plugs.js';

/** Kinds that answer a delete with the object. Rule: A57 */
export const returnsDeletedPlugs: KindPlugs = Object.freeze({ strategy: Object.freeze({ returnsDeleted: true }) });

/** Kinds whose dependents outlive them unless a policy says otherwise. Rule: A61 */
export const orphansPlugs: KindPlugs = Object.freeze({ strategy: Object.freeze({ defaultPropagation: 'Orphan' }) });
