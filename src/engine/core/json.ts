/** What survives JSON unchanged, and so may stand in a committed position. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
