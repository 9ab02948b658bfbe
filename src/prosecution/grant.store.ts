import { Injectable } from '@nestjs/common';
import type { GrantPurpose } from '../domain/referral/grant.js';
import type { Tx } from '../platform/database/database.js';

export interface GrantRow {
  readonly id: string;
  readonly referral_id: string;
  readonly case_id: string;
  readonly user_id: string | null;
  readonly purpose: GrantPurpose;
  readonly sealed: Buffer;
  readonly valid_from: Date;
  readonly valid_until: Date;
  readonly revoked_at: Date | null;
  readonly sealed_revocation: Buffer | null;
}

/** How the actor stands to the content of one referral. */
export interface AccessRow {
  /** The grant by which they may read it now. */
  readonly grant_id: string | null;
  readonly purpose: GrantPurpose | null;
  /** Taken back by the side that sent it, and not given again since. */
  readonly barred: boolean;
}

const COLUMNS =
  'id, referral_id, case_id, user_id, purpose, sealed, valid_from, valid_until, revoked_at, sealed_revocation';

/** Reads about access; row-level security decides which grants there are, and asks them itself. */
@Injectable()
export class GrantStore {
  findInTx(tx: Tx, referralId: string, id: string): Promise<GrantRow | undefined> {
    return tx.one<GrantRow>(
      `SELECT ${COLUMNS} FROM access_grant WHERE referral_id = $1 AND id = $2`,
      [referralId, id],
      'grant_one',
    );
  }

  findStandingInTx(tx: Tx, referralId: string): Promise<GrantRow | undefined> {
    return tx.one<GrantRow>(
      `SELECT ${COLUMNS} FROM access_grant WHERE referral_id = $1 AND user_id IS NULL AND revoked_at IS NULL`,
      [referralId],
      'grant_standing',
    );
  }

  /** How many grants let the actor personally read this referral now, and when the first of them ends. */
  async ownInTx(tx: Tx, referralId: string): Promise<{ live: number; until: Date | null }> {
    const row = await tx.one<{ live: number; until: Date | null }>(
      `SELECT count(*)::int AS live, min(valid_until) AS until FROM access_grant
       WHERE referral_id = $1 AND user_id = f1_actor() AND revoked_at IS NULL AND valid_until > f1_now()`,
      [referralId],
      'grants_own',
    );
    return row!;
  }

  listInTx(tx: Tx, referralId: string): Promise<GrantRow[]> {
    return tx.rows<GrantRow>(
      `SELECT ${COLUMNS} FROM access_grant WHERE referral_id = $1 ORDER BY valid_from, id`,
      [referralId],
      'grants_of_referral',
    );
  }

  async accessInTx(tx: Tx, referralId: string, caseId: string): Promise<AccessRow> {
    const row = await tx.one<AccessRow>(
      `SELECT live.id AS grant_id, g.purpose, f1_access_barred($1, f1_actor()) AS barred
       FROM (SELECT f1_live_grant($1, $2) AS id) live LEFT JOIN access_grant g ON g.id = live.id`,
      [referralId, caseId],
      'grant_access',
    );
    return row!;
  }

  /** Whether the package of this referral names that document or recording. */
  async namesInTx(tx: Tx, referralId: string, kind: 'document' | 'recording', id: string): Promise<boolean> {
    const found = await tx.one(
      'SELECT 1 FROM referral_item WHERE referral_id = $1 AND kind = $2 AND ref = $3',
      [referralId, kind, id],
      'referral_names',
    );
    return found !== undefined;
  }
}
