import { canonical, type DataKey } from '../platform/database/sealing.js';

/** What an event tells of one row of `raised_indicator`; null: that it was cleared. Which indicator it is, is said once. */
export type ToldIndicator = { readonly is?: string; readonly says: string } | null;

/** By row. Facets are plain: without the key of the case, no token lets anybody try what the row may have said. */
export type ToldIndicators = Readonly<Record<string, ToldIndicator>>;

export const tokenOfIndicator = (
  key: DataKey,
  { id, severity, ground }: { readonly id: string; readonly severity: string; readonly ground: string },
): string => key.token(`raised_indicator:${canonical([id, severity, ground])}`);

/** Of what is sealed in it. */
export const tokenOfWords = (key: DataKey, words: object): string => key.token(`raised_indicator:${canonical(words)}`);
