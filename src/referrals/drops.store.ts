import { Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from '../platform/database/database.js';
import { RECEIPT_KEYS } from './authority-keys.sql.js';
import { isRecalled } from './recalled.sql.js';

/** What lies in a drop folder: referrals under `out`, what the recipient signs for them under `receipts`. */
export const dropFolder = (endpoint: string): { readonly out: string; readonly receipts: string } => {
  const root = fileURLToPath(endpoint);
  return { out: join(root, 'out'), receipts: join(root, 'receipts') };
};

/** More than any package: what is longer is no file of ours. */
export const MOST_DROPPED_BYTES = 64 * 1024 * 1024;

/** One file that was put, or was about to be put, into a drop folder. */
export interface Drop {
  readonly referralId: string;
  /** `file:///...` */
  readonly endpoint: string;
  /** Below `out`. */
  readonly name: string;
}

export interface WithdrawnDrop extends Drop {
  /** Code. */
  readonly authority: string;
  /** SHA-256 (hex) of everything that we may have put there. */
  readonly bodies: readonly string[];
  /** It has arrived otherwise, and the folder is not used any more; if not, it must not arrive. */
  readonly arrived: boolean;
  /** It arrived so long ago that no worker is about to drop it. */
  readonly settled: boolean;
}

export interface Folder {
  /** Code. */
  readonly authority: string;
  readonly authorityId: string;
  readonly endpoint: string;
  /** This is where its referrals are dropped now; if not, receipts are still awaited there for what was. */
  readonly current: boolean;
  /** Public keys that verify its receipts now. */
  readonly keys: string[];
}

export interface DroppedReferral {
  readonly referralId: string;
  readonly workflowHash: string;
  readonly receipted: boolean;
  readonly bodies: string[];
  readonly packageSha256: string;
  readonly madeAt: Date;
  /** By the clock of the database. */
  readonly now: Date;
}

/**
 * What is in which drop folder. It is noted before anything is written, so that wherever a worker dies and whatever becomes of its
 * authority's settings, no file lies outside that is not known here.
 */
@Injectable()
export class DropsStore {
  constructor(private readonly database: Database) {}

  async note({ referralId, endpoint, name }: Drop): Promise<void> {
    await this.database.inWorkerTx((tx) =>
      tx.rows(
        `INSERT INTO dropped (referral_id, case_id, endpoint, name) SELECT id, case_id, $2, $3 FROM referral WHERE id = $1
         ON CONFLICT DO NOTHING`,
        [referralId, endpoint, name],
        'drop_note',
      ),
    );
  }

  /**
   * What must not lie there any more: recalled, or its recipient has come to be blocked, before a receipt of it was here; or it has
   * arrived by another channel or folder than this one, which is not its recipient's any more.
   */
  withdrawn(): Promise<WithdrawnDrop[]> {
    return this.database.inWorkerTx((tx) => tx.rows<WithdrawnDrop>(WITHDRAWN, [], 'drops_withdrawn'));
  }

  async noteWithdrawn(referralId: string): Promise<void> {
    await this.database.inWorkerTx((tx) =>
      tx.rows(`UPDATE outbox SET last_problem = 'withdrawn' WHERE referral_id = $1 AND done_at IS NULL`, [referralId]),
    );
  }

  /** It is not there, and nobody looks for it again. */
  async noteCleared({ referralId, endpoint, name }: Drop): Promise<void> {
    await this.database.inWorkerTx((tx) =>
      tx.rows(
        'UPDATE dropped SET cleared_at = f1_now() WHERE (referral_id, endpoint, name) = ($1, $2, $3) AND cleared_at IS NULL',
        [referralId, endpoint, name],
        'drop_cleared',
      ),
    );
  }

  /** Where receipts may come: each authority's folder, and the former ones where something without a receipt was dropped. */
  folders(): Promise<Folder[]> {
    return this.database.inWorkerTx((tx) => tx.rows<Folder>(FOLDERS, [], 'drop_folders'));
  }

  /** Every folder that anything was ever put into, or is to be. */
  async everUsed(): Promise<string[]> {
    const rows = await this.database.inWorkerTx((tx) =>
      tx.rows<{ endpoint: string }>(
        `SELECT endpoint FROM authority WHERE channel = 'file' UNION SELECT endpoint FROM dropped ORDER BY endpoint`,
        [],
        'drop_folders_ever',
      ),
    );
    return rows.map(({ endpoint }) => endpoint);
  }

  /** By id; what is missing was never dropped for this authority. */
  async dropped(referralIds: readonly string[], authorityId: string): Promise<ReadonlyMap<string, DroppedReferral>> {
    if (referralIds.length === 0) return new Map();
    const rows = await this.database.inWorkerTx((tx) =>
      tx.rows<DroppedReferral>(DROPPED, [referralIds, authorityId], 'dropped_referrals'),
    );
    return new Map(rows.map((row) => [row.referralId, row]));
  }
}

/** What a round says of drop `d` of authority `a`. */
const DROP_SAID = `
  SELECT d.referral_id AS "referralId", a.code AS authority, d.endpoint, d.name,
    ARRAY(SELECT e.sha256 FROM envelope e WHERE e.referral_id = d.referral_id
      UNION ALL SELECT r.body_sha256 FROM referral r WHERE r.id = d.referral_id) AS bodies,
    o.done_at IS NOT NULL AS arrived, coalesce(o.done_at < f1_now() - interval '1 day', false) AS settled`;

/**
 * It runs every few seconds, so it reads neither what has arrived in the folder that its authority still has, nor what was cleared: what
 * waits is found by the outbox, and what lies elsewhere by the folders before and after the present one. Whether it has arrived, and how,
 * is asked as a value: as a join it is planned to read all that was ever sent.
 */
export const WITHDRAWN = `
  ${DROP_SAID}
  FROM outbox o JOIN dropped d ON d.referral_id = o.referral_id JOIN authority a ON a.id = d.authority_id
  WHERE o.done_at IS NULL AND (${isRecalled('d.referral_id')} OR f1_blocked(d.case_id, d.authority_id))
  ${['<', '>']
    .map(
      (beside) => `UNION ALL ${DROP_SAID}
  FROM authority a CROSS JOIN LATERAL (SELECT f.*, (SELECT w.done_at FROM outbox w WHERE w.referral_id = f.referral_id) AS done_at
      FROM dropped f WHERE f.cleared_at IS NULL AND f.authority_id = a.id
        AND f.endpoint ${beside} CASE WHEN a.channel = 'file' THEN coalesce(a.endpoint, '') ELSE '' END OFFSET 0) d
    CROSS JOIN LATERAL (SELECT d.done_at) o
  WHERE o.done_at IS NOT NULL AND ((SELECT t.channel FROM receipt t WHERE t.referral_id = d.referral_id) <> 'file'
    OR EXISTS (SELECT FROM dropped n WHERE n.referral_id = d.referral_id AND n.endpoint <> d.endpoint))`,
    )
    .join('\n  ')}`;

const FOLDERS = `
  WITH awaited AS (
    SELECT DISTINCT d.authority_id, d.endpoint FROM dropped d JOIN outbox o ON o.referral_id = d.referral_id AND o.done_at IS NULL),
  folder AS (
    SELECT id AS authority_id, endpoint FROM authority WHERE channel = 'file' UNION SELECT authority_id, endpoint FROM awaited)
  SELECT a.code AS authority, a.id AS "authorityId", f.endpoint, a.channel = 'file' AND a.endpoint = f.endpoint AS current,
    ${RECEIPT_KEYS} AS keys
  FROM folder f JOIN authority a ON a.id = f.authority_id ORDER BY a.code, f.endpoint`;

const DROPPED = `
  SELECT r.id AS "referralId", r.workflow_hash AS "workflowHash", EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id) AS receipted,
    ARRAY(SELECT e.sha256 FROM envelope e WHERE e.referral_id = r.id UNION ALL
      SELECT r.body_sha256 FROM outbox o WHERE o.referral_id = r.id AND o.plain) AS bodies,
    r.body_sha256 AS "packageSha256", r.created_at AS "madeAt", f1_now() AS now
  FROM referral r WHERE r.id = ANY ($1::uuid[]) AND r.authority_id = $2 AND EXISTS (SELECT FROM dropped d WHERE d.referral_id = r.id)`;
