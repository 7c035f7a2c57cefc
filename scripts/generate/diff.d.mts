export function factsDiff(before: object, after: object): { readonly lines: readonly string[]; readonly breaking: readonly string[] };
