import { Injectable } from '@nestjs/common';
import { place } from '../domain/referral/file.js';
import { retryDelay } from '../domain/referral/retry.js';
import { SENDING_IS_HELD } from '../platform/backup/sending-hold.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { Call, Prepared } from '../platform/database/prepared.js';
import type { DataKey } from '../platform/database/sealing.js';
import { attemptsOn, envelopesOf, type ToldAttempts, type ToldEnvelopes } from './attempts.sql.js';
import { ENCRYPTION_KEYS, IN_FORCE, RECEIPT_KEYS } from './authority-keys.sql.js';
import type { Channel, DeliveryProblem, Parcel } from './delivery-channel.js';
import type { EncryptionKey } from './envelope.js';
import { BY_A_CLOCK_AHEAD } from './put-off.sql.js';
import { isRecalled } from './recalled.sql.js';
import type { ReferralRow } from './referral.store.js';
import { BEHIND, BEHIND_IT, behindUntil } from './turn.sql.js';

/** One lease on a referral. */
export type Claimed = Readonly<{ referralId: string; epoch: number }>;

/** A lease that is to be used, and whom it leads to. */
export type Due = Claimed & { readonly authorityId: string };

export interface StartedParcel extends Pick<Parcel, 'referralId' | 'channel' | 'endpoint'> {
  /** Opens the sealed package. Throws when it was changed, or its key erased. */
  open(): string;
  /** Throws when it was erased. */
  key(): DataKey;
  readonly packageSha256: string;
  /** Went out as it is, without an envelope; so it does again, but never in production. */
  readonly plain: boolean;
  readonly envelope: StoredEnvelope | null;
  /** SHA-256 of every envelope there is of it. */
  readonly envelopeHashes: readonly string[];
  readonly encryptionKeys: readonly EncryptionKey[];
  /** When the referral was made, and when the attempt began, by the clock of the database. */
  readonly madeAt: Date;
  readonly startedAt: Date;
  readonly receiptKeys: readonly string[];
  readonly workflowHash: string;
  readonly authority: string;
  /** Tell the recipient by e-mail that something waits. */
  readonly alerts: boolean;
  /** Why this must not be sent, whatever the configuration says. */
  readonly forbidden: Extract<DeliveryProblem, 'blockedRecipient' | 'authorityDisabled'> | null;
}

export interface StoredEnvelope {
  readonly number: number;
  readonly sha256: string;
  /** A key that opens it was revoked, or none of them is in force any more. */
  readonly spoilt: boolean;
  /** Id of our key that signed what is in it; null: made before that was noted. */
  readonly signedBy: string | null;
  readonly madeAt: Date;
  readonly sealed: Buffer;
}

export interface LockedReferral extends Omit<ReferralRow, 'leaves_at'>, Beside {
  readonly calendar: string | null;
}

/** What decides on a referral and stands in other rows. */
interface Beside {
  readonly id: string;
  readonly receipted: boolean;
  readonly leaves_at: Date | null;
  /** Ids of later referrals that wait for this one to arrive. */
  readonly behind: readonly string[];
  /** The key of its case was destroyed: what is still recorded of it has no words in it. */
  readonly erased: boolean;
  /** Those until now, as the event of its receipt tells of them. */
  readonly attempts: ToldAttempts;
  readonly envelopes: ToldEnvelopes;
}

interface ParcelRow {
  id: string;
  epoch: number;
  case_id: string;
  body: Buffer;
  body_sha256: string;
  workflow_hash: string;
  wrapped: Buffer | null;
  code: string;
  channel: Channel;
  endpoint: string | null;
  receipt_keys: string[];
  encryption_keys: EncryptionKey[];
  alerts: boolean;
  plain: boolean;
  number: number | null;
  sha256: string;
  spoilt: boolean;
  signed_by: string | null;
  made_at: Date;
  created_at: Date;
  now: Date;
  sealed: Buffer;
  hashes: string[];
  disabled: boolean;
  blocked: boolean;
}

/** The outbox: who may try when. A lease and its epoch decide, so that nothing is lost with a queue and nothing runs twice in one epoch. */
@Injectable()
export class DeliveryStore {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
  ) {}

  /**
   * Leases what is due, oldest first, as long as no more than `most` are leased by anybody. What must not overtake an earlier one is
   * looked at again when that one is tried, and within a minute. What a clock that ran ahead put off is due at once when the clock is
   * right again, and a lease it gave ends as if it were given now.
   */
  async claim(owner: string, most: number, leaseMs: number): Promise<Due[]> {
    return this.database.inWorkerTx((tx) =>
      tx.rows<Due>(
        `WITH ahead AS (
           SELECT referral_id FROM outbox
           WHERE done_at IS NULL AND ${BY_A_CLOCK_AHEAD}
           LIMIT ${SET_RIGHT_AT_ONCE} FOR UPDATE SKIP LOCKED),
         set_right AS (
           UPDATE outbox o SET next_attempt_at = least(o.next_attempt_at, f1_now()),
             lease_until = CASE WHEN o.lease_until IS NOT NULL THEN least(o.lease_until, f1_now() + make_interval(secs => $3)) END
           FROM ahead WHERE o.referral_id = ahead.referral_id),
         due AS (
           SELECT referral_id FROM outbox
           WHERE done_at IS NULL AND next_attempt_at <= f1_now() AND (lease_until IS NULL OR lease_until <= f1_now())
             AND NOT ${BY_A_CLOCK_AHEAD} AND NOT ${SENDING_IS_HELD} AND NOT ${isRecalled('outbox.referral_id')}
           ORDER BY next_attempt_at
           LIMIT greatest(0, $1 - (SELECT count(*) FROM outbox WHERE done_at IS NULL AND lease_until > f1_now() AND NOT ${BY_A_CLOCK_AHEAD}))
           FOR UPDATE SKIP LOCKED),
         turn AS MATERIALIZED (SELECT referral_id, ${behindUntil('due.referral_id')} AS behind_until FROM due),
         behind AS (
           UPDATE outbox o SET last_problem = '${BEHIND}',
             next_attempt_at = greatest(f1_now() + interval '5 s', least(turn.behind_until, f1_now() + interval '1 min'))
           FROM turn WHERE o.referral_id = turn.referral_id AND turn.behind_until IS NOT NULL)
         UPDATE outbox o SET epoch = o.epoch + 1, lease_owner = $2, lease_until = f1_now() + make_interval(secs => $3)
         FROM turn WHERE o.referral_id = turn.referral_id AND turn.behind_until IS NULL
         RETURNING o.referral_id AS "referralId", o.epoch,
           (SELECT r.authority_id FROM referral r WHERE r.id = o.referral_id) AS "authorityId"`,
        [most, owner, leaseMs / 1000],
        'outbox_claim',
      ),
    );
  }

  /** Begins the one attempt of each epoch and renews its lease; undefined for what is done, taken over or already begun. */
  async startAttempts(
    claimed: readonly Claimed[],
    worker: string,
    leaseMs: number,
  ): Promise<(StartedParcel | undefined)[]> {
    const ids = arrayOf(claimed.map(({ referralId }) => referralId));
    const epochs = arrayOf(claimed.map(({ epoch }) => epoch));
    const call: Call = { statement: START_ATTEMPTS, values: [ids, epochs, worker, String(leaseMs / 1000)] };
    const rows = await this.database.inWorkerCommand([call], async (_tx, begun) => begun as readonly ParcelRow[]);
    const begun = new Map(rows.map((row) => [`${row.id}/${row.epoch}`, row]));
    return claimed.map(({ referralId, epoch }) => {
      const row = begun.get(`${referralId}/${epoch}`);
      begun.delete(`${referralId}/${epoch}`); // an attempt that two jobs ask for is the first one's
      return row && this.parcelOf(referralId, row);
    });
  }

  private parcelOf(referralId: string, row: ParcelRow): StartedParcel {
    // Asked for only when something is opened: an erased key must fail the attempt, which is recorded, and not what records it.
    const key = (): DataKey => this.keys.unwrap(row.case_id, row.wrapped);
    const { number, sha256, spoilt, signed_by: signedBy, made_at: madeAt, sealed } = row;
    return {
      referralId,
      key,
      open: () => key().open<string>(row.body, place('referral', referralId)),
      packageSha256: row.body_sha256,
      plain: row.plain,
      envelope: number === null ? null : { number, sha256, spoilt, signedBy, madeAt, sealed },
      madeAt: row.created_at,
      startedAt: row.now,
      envelopeHashes: row.hashes,
      encryptionKeys: row.encryption_keys,
      receiptKeys: row.receipt_keys,
      workflowHash: row.workflow_hash,
      authority: row.code,
      channel: row.channel,
      endpoint: row.endpoint,
      alerts: row.alerts,
      forbidden: row.blocked ? 'blockedRecipient' : row.disabled ? 'authorityDisabled' : null,
    };
  }

  /**
   * Begins a command on referrals, locked, by id. Those that somebody has are missing, so that nobody who locks several in another
   * order and this wait for each other, nor one referral holds up the others; `waiting`, for one alone, waits for it.
   */
  lockedReferrals<T>(
    ids: readonly string[],
    { waiting }: { readonly waiting: boolean },
    work: (tx: Tx, locked: Map<string, LockedReferral>) => Promise<T>,
  ): Promise<T> {
    const values = [arrayOf(ids)];
    const calls: Call[] = [
      { statement: waiting ? LOCK_REFERRAL : LOCK_REFERRALS, values },
      { statement: BESIDE_REFERRALS, values },
    ];
    return this.database.inWorkerCommand(calls, (tx, rows = [], beside = []) => {
      const facts = byId(beside as readonly Beside[]);
      const locked = (rows as readonly LockedReferral[]).map((row) => ({ ...row, ...facts.get(row.id)! }));
      return work(tx, byId(locked));
    });
  }

  /** Ends a failed attempt and, unless another epoch has begun, says when to try again. */
  async fail(claimed: Claimed, outcome: string, problem: DeliveryProblem): Promise<void> {
    await this.database.inWorkerTx(async (tx) => {
      const state = await tx.one<{ attempts: number }>(
        'SELECT attempts FROM outbox WHERE referral_id = $1 AND epoch = $2 AND done_at IS NULL FOR UPDATE',
        [claimed.referralId, claimed.epoch],
        'outbox_lock',
      );
      const failed = (state?.attempts ?? 0) + 1;
      await this.endInTx(tx, claimed, { outcome, problem, failed, againInMs: retryDelay(failed) });
    });
  }

  /** Ends an attempt that did what it could; the failures before it are forgiven. */
  async wait(claimed: Claimed, problem: string, againInMs: number): Promise<void> {
    await this.database.inWorkerTx((tx) =>
      this.endInTx(tx, claimed, { outcome: 'waiting', problem, failed: 0, againInMs }),
    );
  }

  /** Lets go of leases of which no attempt was begun. */
  async letGo(claimed: readonly Claimed[], againInMs: number): Promise<void> {
    await this.database.inWorkerTx((tx) =>
      tx.rows(
        `UPDATE outbox o SET lease_owner = NULL, lease_until = NULL, next_attempt_at = f1_now() + make_interval(secs => $3)
         FROM unnest($1::uuid[], $2::integer[]) AS q (id, number)
         WHERE o.referral_id = q.id AND o.epoch = q.number AND o.done_at IS NULL
           -- Somebody may be beginning this attempt: whoever waits for the row finds the number there, as it does who begins one.
           AND o.newest IS DISTINCT FROM q.number
           AND NOT EXISTS (SELECT FROM delivery_attempt a WHERE a.referral_id = q.id AND a.number = q.number)`,
        [claimed.map(({ referralId }) => referralId), claimed.map(({ epoch }) => epoch), againInMs / 1000],
        'outbox_let_go',
      ),
    );
  }

  private async endInTx(
    tx: Tx,
    { referralId, epoch }: Claimed,
    { outcome, problem, failed, againInMs }: { outcome: string; problem: string; failed: number; againInMs: number },
  ): Promise<void> {
    await tx.rows(
      `WITH ended AS (UPDATE delivery_attempt SET finished_at = f1_now(), outcome = $3, problem = $4
         WHERE referral_id = $1 AND number = $2 AND finished_at IS NULL)
       UPDATE outbox SET attempts = $5, next_attempt_at = f1_now() + make_interval(secs => $6), lease_owner = NULL,
         lease_until = NULL, last_problem = $4 WHERE referral_id = $1 AND epoch = $2 AND done_at IS NULL`,
      [referralId, epoch, outcome, problem, failed, againInMs / 1000],
      'attempt_end',
    );
  }
}

const SET_RIGHT_AT_ONCE = 1_000;

const arrayOf = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;
const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

const locking = (name: string, how: string): Prepared => ({
  name: `f1_${name}`,
  text: `SELECT r.id, r.case_id, r.authority_id, r.kind, r.workflow_hash, r.snapshot, r.version, r.event_seq, r.event_hash,
      r.body_sha256, r.corrected_at, r.suspended_at, a.calendar
    FROM referral r JOIN authority a ON a.id = r.authority_id
    WHERE r.id = ANY ($1::uuid[]) FOR NO KEY UPDATE OF r ${how}`,
});
const LOCK_REFERRAL = locking('referral_lock', '');
const LOCK_REFERRALS = locking('referral_locks', 'SKIP LOCKED');

/** A statement of its own, after the one that locks: that one sees what was committed before it had the lock, not while it waited. */
const BESIDE_REFERRALS: Prepared = {
  name: 'f1_referrals_beside',
  text: `SELECT r.id,
      (SELECT p.expected_at FROM departure p WHERE p.case_id = r.case_id AND p.withdrawn_at IS NULL) AS leaves_at,
      EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id) AS receipted, ${BEHIND_IT} AS behind,
      k.wrapped IS NULL AS erased, ${attemptsOn('r.id')} AS attempts, ${envelopesOf('r.id')} AS envelopes
    FROM referral r JOIN data_key k ON k.case_id = r.case_id WHERE r.id = ANY ($1::uuid[])`,
};

const START_ATTEMPTS: Prepared = {
  name: 'f1_attempt_starts',
  text: `
  WITH mine AS (
    UPDATE outbox SET lease_owner = $3, lease_until = f1_now() + make_interval(secs => $4), begun = begun + 1, newest = q.number
    FROM unnest($1::uuid[], $2::integer[]) AS q (id, number)
    WHERE referral_id = q.id AND epoch = q.number AND done_at IS NULL AND NOT ${SENDING_IS_HELD}
      AND NOT ${isRecalled('outbox.referral_id')}
      -- Two that ask at once see no attempt of each other: the second waits for the row and finds the number there.
      AND newest IS DISTINCT FROM q.number
      AND NOT EXISTS (SELECT FROM delivery_attempt a WHERE a.referral_id = q.id AND a.number = q.number)
    RETURNING referral_id, epoch, case_id, plain),
  abandoned AS (
    UPDATE delivery_attempt a SET outcome = 'abandoned', finished_at = f1_now() FROM mine
    WHERE a.referral_id = mine.referral_id AND a.number < mine.epoch AND a.finished_at IS NULL),
  started AS (
    INSERT INTO delivery_attempt (referral_id, number, case_id, worker) SELECT referral_id, epoch, case_id, $3 FROM mine
    ON CONFLICT DO NOTHING RETURNING referral_id)
  SELECT r.id, m.epoch, r.case_id, r.body, r.body_sha256, r.workflow_hash, k.wrapped, a.code, a.channel, a.endpoint, m.plain,
    ${RECEIPT_KEYS} AS receipt_keys, ${ENCRYPTION_KEYS} AS encryption_keys,
    a.channel = 'inbox' AND a.alert_email IS NOT NULL AS alerts, e.number, e.sha256, e.spoilt, e.signed_by, e.made_at, e.sealed, r.created_at,
    f1_now() AS now,
    ARRAY(SELECT x.sha256 FROM envelope x WHERE x.referral_id = r.id) AS hashes,
    a.disabled_at IS NOT NULL AS disabled, f1_blocked(r.case_id, r.authority_id) AS blocked
  FROM started s JOIN mine m ON m.referral_id = s.referral_id JOIN referral r ON r.id = s.referral_id
    JOIN authority a ON a.id = r.authority_id JOIN data_key k ON k.case_id = r.case_id
    LEFT JOIN LATERAL (SELECT x.number, x.sha256, x.signed_by, x.made_at, x.sealed,
        EXISTS (SELECT FROM authority_key y WHERE y.id = ANY (x.key_ids) AND y.revoked_at IS NOT NULL)
          OR NOT EXISTS (SELECT FROM authority_key y WHERE y.id = ANY (x.key_ids) AND ${IN_FORCE}) AS spoilt
      FROM envelope x WHERE x.referral_id = r.id ORDER BY x.number DESC LIMIT 1) e ON true`,
};
