import type { KindPlugs } from '../../core/api/plugs.js';
import { labelSelectorCauses } from '../../core/resource/selector/label-selector.js';
import type { StatusCause } from '../../core/resource/status.js';
import { invalid } from '../../core/resource/validation/causes.js';
import type { LabelSelector } from '../meta-v1.js';
import { atLeastZero } from './ports.js';
import { inOrder } from './workload.js';

/** What is read of a budget here; the generated types would come round in a circle. */
interface Budget {
  readonly spec?: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string; readonly selector?: LabelSelector; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: { readonly disruptionsAllowed?: number; readonly currentHealthy?: number; readonly desiredHealthy?: number; readonly expectedPods?: number };
}

/** One bound of two, each a count or a share of all, and no negative figures in the status. Rule: T10 */
export const disruptionBudgetPlugs: KindPlugs = {
  strategy: {
    validate(object) {
      const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = (object as unknown as Budget).spec ?? {};
      // The reference shows the struct by the names that it has in Go.
      const shown = { MinAvailable: minAvailable, Selector: inOrder(selector) ?? null, MaxUnavailable: maxUnavailable, UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null };
      return [
        ...(minAvailable !== undefined && maxUnavailable !== undefined ? [invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set')] : []),
        ...amountCauses(minAvailable, 'spec.minAvailable'),
        ...amountCauses(maxUnavailable, 'spec.maxUnavailable'),
        ...labelSelectorCauses(selector, 'spec.selector'),
      ];
    },
    validateStatus(object) {
      const { status = {} } = object as unknown as Budget;
      return (['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap((field) => atLeastZero(status[field], `status.${field}`));
    },
  },
};

/** A count, or a share of at most 100 %. */
function amountCauses(amount: number | string | undefined, field: string): readonly StatusCause[] {
  if (typeof amount !== 'string') return atLeastZero(amount, field);
  if (!/^[0-9]+%$/.test(amount)) return [invalid(field, amount, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  return Number(amount.slice(0, -1)) > 100 ? [invalid(field, amount, 'must not be greater than 100%')] : [];
}
