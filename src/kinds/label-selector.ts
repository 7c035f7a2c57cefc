import type { StatusCause } from '../core/resource/status.js';
import { forbidden, invalid, required } from '../core/resource/validation/causes.js';
import type { LabelSelector, LabelSelectorRequirement } from './meta-v1.js';

type Labels = { readonly [label: string]: string } | undefined;

/** Whether labels fit; a selector without requirements fits everything, none at all nothing. Rule: A82. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  const value = (label: string) => (labels && Object.hasOwn(labels, label) ? labels[label] : undefined);
  return Object.entries(selector.matchLabels ?? {}).every(([label, wanted]) => value(label) === wanted)
    && (selector.matchExpressions ?? []).every((requirement) => fits(requirement, value(requirement.key)));
}

function fits({ operator, values = [] }: LabelSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    // Stored selectors were checked; what an older check let through selects nothing (C43).
    default: return false;
  }
}

/** What is wrong with a selector; `at` is its path. Rule: A83. */
export function labelSelectorCauses(selector: LabelSelector, at: string): readonly StatusCause[] {
  return (selector.matchExpressions ?? []).flatMap(({ operator, values = [] }, i) => {
    const field = `${at}.matchExpressions[${String(i)}]`;
    switch (operator) {
      case 'In':
      case 'NotIn':
        return values.length > 0 ? [] : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
      case 'Exists':
      case 'DoesNotExist':
        return values.length === 0 ? [] : [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
      default:
        return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
    }
  });
}
