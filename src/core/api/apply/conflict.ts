import type { StatusCause } from '../../resource/status.js';
import { pathsOf, type FieldSet } from './field-set.js';
import { ownerId, type Owner } from './managed-fields.js';
import type { ApplyOutcome, Conflict } from './ownership.js';
import { compareText, describeElement } from './path-element.js';

/** The answer to an apply that would change what others own, with the reference's texts (A50). */
export function conflictOutcome(contested: readonly { readonly owner: Owner; readonly fields: FieldSet }[]): ApplyOutcome {
  const sorted = [...contested].sort((a, b) => compareText(ownerId(a.owner), ownerId(b.owner)));
  const conflicts = sorted.flatMap(({ owner, fields }): Conflict[] => [...pathsOf(fields)].map((path) => ({
    manager: describeOwner(owner), field: path.map(describeElement).join(''),
  })));
  const causes = conflicts.map(({ manager, field }): StatusCause => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field }));
  return { outcome: 'conflict', message: messageOf(conflicts), conflicts, causes };
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first) return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.field}`;
  const byManager = new Map<string, string[]>();
  for (const { manager, field } of conflicts) byManager.set(manager, [...(byManager.get(manager) ?? []), `- ${field}`]);
  const lines = [...byManager].flatMap(([manager, fields]) => [`conflicts with ${manager}:`, ...fields]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function describeOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const through = subresource ? `${JSON.stringify(manager)} with subresource ${JSON.stringify(subresource)}` : JSON.stringify(manager);
  return operation === 'Update' ? `${through} using ${apiVersion}` : through;
}
