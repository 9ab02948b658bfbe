import type { Actor } from '../platform/http/actor.js';
import type { AccessRow } from './grant.store.js';
import type { OpenedRow } from './prosecution.store.js';

export interface Watermark {
  /** How the name of a file begins. */
  readonly stem: string;
  readonly headers: { readonly 'X-Watermark': string };
}

/** Who read it, under what and when, in the file's name and beside it: a copy that turns up elsewhere says whose it was. */
export function watermark(
  { username }: Actor,
  { id, case_reference, authority }: OpenedRow,
  { grant_id, purpose }: AccessRow,
  now: Date,
): Watermark {
  const at = now.toISOString();
  const by = `referral=${id}; authority=${authority}; reader=${username}; at=${at}`;
  return {
    stem: [case_reference, authority, username, at.replace(/[-:]|\.\d+/g, '')].join('_'),
    headers: { 'X-Watermark': grant_id === null ? by : `${by}; grant=${grant_id}; purpose=${purpose ?? ''}` },
  };
}
