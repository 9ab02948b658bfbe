import type { DataKey } from './sealing.js';

/**
 * How a row names what is cited: an interview or a document by its id, a publication by a token, for its title may name a
 * person. The citation itself lies sealed beside it. Two rows of one case name the same source when these are equal.
 */
export const sourceRefOf = (key: DataKey, kind: string, ref: string): string =>
  kind === 'countryInformation' ? `cited:${key.token(ref)}` : ref;
