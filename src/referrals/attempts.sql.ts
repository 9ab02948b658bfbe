const instant = (column: string): string => `extract(epoch FROM ${column})`;

/** The attempts on one referral as the event of its receipt tells them. */
export interface ToldAttempts {
  readonly count: number;
  /** Number of the newest; earlier ones are not begun any more. */
  readonly newest: number | null;
  /** Numbers of those that had not ended yet. */
  readonly open: readonly number[];
  /** Over all of them, in their order: an attempt that has ended is never changed. */
  readonly sha256: string;
}

/** SQL for the hash over attempts `t`; of those that `open` (SQL for a condition) says were not over, only how they began. */
export const hashOfAttempts = (open: string): string =>
  `encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', t.number, ${instant('t.started_at')}, t.worker,
    CASE WHEN NOT (${open}) THEN concat_ws(' ', ${instant('t.finished_at')}, t.outcome, t.problem) END), E'\\n' ORDER BY t.number), ''),
    'UTF8')), 'hex')`;

/** The envelopes made for one referral as the event of its receipt tells them; later ones may follow after a restore. */
export interface ToldEnvelopes {
  /** Number of the newest; null: there is none. */
  readonly newest: number | null;
  /** Over all of them, in their order: nothing changes one. */
  readonly sha256: string;
}

/** SQL for the hash over envelopes `v`: whose keys open each, who signed it and when. */
export const HASH_OF_ENVELOPES = `encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', v.number, v.sha256,
    array_to_string(v.key_ids, ','), ${instant('v.made_at')}, v.signed_by), E'\\n' ORDER BY v.number), ''), 'UTF8')), 'hex')`;

/** SQL for the envelopes of the referral of this id, as ToldEnvelopes. */
export const envelopesOf = (referralId: string): string =>
  `(SELECT jsonb_build_object('newest', max(v.number), 'sha256', ${HASH_OF_ENVELOPES}) FROM envelope v WHERE v.referral_id = ${referralId})`;

/** SQL for the attempts on the referral of this id, as ToldAttempts. */
export const attemptsOn = (referralId: string): string =>
  `(SELECT jsonb_build_object('count', count(*), 'newest', max(t.number),
      'open', coalesce(jsonb_agg(t.number ORDER BY t.number) FILTER (WHERE t.finished_at IS NULL), '[]'::jsonb),
      'sha256', ${hashOfAttempts('t.finished_at IS NULL')})
    FROM delivery_attempt t WHERE t.referral_id = ${referralId})`;
