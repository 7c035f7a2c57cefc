/** Carries types on values; never present at run time, never offered by completion. */
export declare const types: unique symbol;
declare const brand: unique symbol;

/** A string or number that only the code that checked it can make. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
