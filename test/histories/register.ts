import type { Operation } from './linearizable.js';

/** What was asked of a register, and answered. `undefined` is the value of one that was never written. */
export type RegisterOperation =
  | { readonly type: 'read'; readonly value: string | undefined }
  | { readonly type: 'write'; readonly value: string }
  /** `ok` undefined: the answer was lost. */
  | { readonly type: 'swap'; readonly from: string | undefined; readonly to: string; readonly ok: boolean | undefined };

/** The state is the value. */
export function registerOperation(calledAt: number, returnedAt: number, what: RegisterOperation): Operation<{ readonly value: string | undefined }> {
  return {
    calledAt, returnedAt,
    step(state) {
      switch (what.type) {
        case 'read': return state.value === what.value ? state : undefined;
        case 'write': return { value: what.value };
        default: {
          const holds = state.value === what.from;
          if (what.ok !== undefined && what.ok !== holds) return undefined;
          return holds ? { value: what.to } : state;
        }
      }
    },
  };
}
