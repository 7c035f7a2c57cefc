export interface Rule { readonly id: string; readonly contract: string; readonly priority: 'P0' | 'P1' | 'P2'; readonly title: string }
export const contracts: { readonly [contract: string]: string };
export function rulesOf(contract: string): readonly Rule[];
export function rulesText(): string;
