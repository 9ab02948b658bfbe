import { Injectable } from '@nestjs/common';
import type { Ground, ReferralKind, StatusScope } from '../domain/referral/file.js';
import type { PriorityFacts } from '../domain/referral/priority.js';
import type { Snapshot } from '../domain/workflow/decide.js';
import type { Tx } from '../platform/database/database.js';
import type { Call, Prepared } from '../platform/database/prepared.js';
import { OF_A_JUDGMENT } from './correction-marks.js';

/** A referral as its own lifecycle needs it. */
export interface ReferralRow {
  readonly id: string;
  readonly case_id: string;
  readonly authority_id: string;
  readonly kind: ReferralKind;
  readonly workflow_hash: string;
  readonly snapshot: Snapshot;
  readonly version: number;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
  readonly body_sha256: string;
  readonly corrected_at: Date | null;
  readonly suspended_at: Date | null;
  /** Whose holidays its recipient keeps, where that was read with it. */
  readonly calendar?: string | null;
  /** When its person is expected to leave, where that was read with it; null: not announced. */
  readonly leaves_at?: Date | null;
}

/** A referral before its chart has placed it. */
export interface NewReferral {
  readonly id: string;
  readonly case_id: string;
  readonly authority_id: string;
  readonly kind: ReferralKind;
  readonly corrects: string | null;
  readonly case_reference: string;
  readonly legal_basis: string;
  /** Those of this recipient's legal basis; none for a correction. */
  readonly grounds: readonly string[];
  readonly body: Buffer;
  readonly body_sha256: string;
  readonly suspect_identified: boolean | null;
  readonly present_here: boolean | null;
  readonly corroborated: boolean | null;
  readonly priority: number;
}

export interface ToldReferral extends ReferralRow {
  /** What this recipient was told about. */
  readonly grounds: readonly string[];
  readonly code: string;
  readonly name: string;
  readonly reference: string;
  /** Its recipient is barred from the file by now. */
  readonly blocked: boolean;
  /** Something else than a judgment was said against it since it last stood: no judgment takes that back. */
  readonly in_error: boolean;
  /** What the exclusion found to stand of what this recipient was told: `<allegation id> <scope>`. */
  readonly stood: readonly string[];
}

/**
 * Which referrals a correction is about. Of a decision: its own, and every exclusion told earlier in the case that stands again.
 * Of the suspicion: what tells of one, and every exclusion that was corrected. Or those named, or all of the case.
 */
export type Told =
  | { readonly of: 'decision'; readonly decisionId: string }
  | { readonly of: 'suspicion' }
  | { readonly of: 'referrals'; readonly referralIds: readonly string[] }
  | { readonly of: 'case' };

/** What obliged us to tell somebody, and stands. */
export interface StandingCause {
  readonly id: string;
  readonly kind: 'exclusion' | 'suspicion';
  /** At `decision:<id>` or `suspicion_decision:<id>`. */
  readonly sealed: Buffer;
  readonly findings: readonly { allegationId: string; ground: Ground; scope: StatusScope; stands: boolean }[];
  /** The referral by which this authority was told of it already. */
  readonly told: string | null;
  /** That referral was recalled: it says to this authority that nothing stands. */
  readonly recalled: boolean;
  readonly code: string;
  readonly name: string;
}

export type Urgency = Pick<PriorityFacts, 'person' | 'documentedGrounds'>;

const URGENCY: Prepared = {
  name: 'f1_referral_urgency',
  types: ['uuid'],
  text: `SELECT p.snapshot AS person, ARRAY(SELECT DISTINCT a.ground FROM evidence e JOIN allegation a ON a.id = e.allegation_id
      WHERE e.case_id = $1 AND a.withdrawn_at IS NULL AND e.source_kind = 'document' AND NOT e.exculpatory) AS "documentedGrounds"
    FROM person p WHERE p.case_id = $1`,
};

@Injectable()
export class ReferralStore {
  /** The exclusion or confirmed suspicion of a case that no correction has taken back, an exclusion first; what was recalled from this authority last. */
  standingCauseInTx(tx: Tx, caseId: string, authorityId: string): Promise<StandingCause | undefined> {
    return tx.one<StandingCause>(STANDING_CAUSE, [caseId, authorityId], 'standing_cause');
  }

  /** What a case's columns tell about how urgent its referrals are. */
  async urgencyInTx(tx: Tx, caseId: string): Promise<Urgency> {
    const [rows] = await tx.all([this.readingUrgency(caseId)]);
    return this.urgencyOf(rows);
  }

  /** What `urgencyInTx` sends, for whoever reads more in the same round trip. */
  readingUrgency(caseId: string): Call {
    return { statement: URGENCY, values: [caseId] };
  }

  /** What `readingUrgency` was answered with. */
  urgencyOf(rows: readonly object[]): Urgency {
    return (rows[0] as Urgency | undefined) ?? { person: {}, documentedGrounds: [] };
  }

  /** Locks what was told and must now be corrected, oldest first. */
  async lockToldInTx(tx: Tx, caseId: string, which: Told): Promise<ToldReferral[]> {
    const decisionId = which.of === 'decision' ? which.decisionId : null;
    const referralIds = which.of === 'referrals' ? which.referralIds : null;
    return tx.rows<ToldReferral>(
      `SELECT r.id, r.case_id, r.authority_id, r.kind, r.workflow_hash, r.snapshot, r.version, r.event_seq, r.event_hash,
         r.body_sha256, r.grounds, r.corrected_at, r.suspended_at, a.code, a.name, c.reference,
         f1_blocked(r.case_id, r.authority_id) AS blocked,
         EXISTS (SELECT FROM event e WHERE e.aggregate_id = r.id AND e.type = 'MARK_CORRECTED' AND e.facets ->> 'reason' <> ALL ($5)
           AND e.seq > coalesce((SELECT max(b.seq) FROM event b WHERE b.aggregate_id = r.id AND b.type = 'MARK_REINSTATED'), 0)) AS in_error,
         ARRAY(SELECT concat_ws(' ', d.allegation_id, d.scope) FROM decision_allegation d
           WHERE d.decision_id = o.cause_id AND d.stands AND d.ground = ANY (r.grounds)) AS stood
       FROM referral r JOIN obligation o ON o.id = r.id JOIN authority a ON a.id = r.authority_id JOIN case_file c ON c.id = r.case_id
       WHERE r.case_id = $1 AND r.kind <> 'correction' AND CASE $2::text
         WHEN 'decision' THEN o.cause_id = $3::uuid OR (r.kind = 'exclusion' AND r.corrected_at IS NULL)
         WHEN 'suspicion' THEN r.kind = 'suspicion' OR (r.kind = 'exclusion' AND r.corrected_at IS NOT NULL)
         WHEN 'referrals' THEN r.id = ANY ($4::uuid[])
         ELSE true END
       ORDER BY r.created_at, r.id FOR NO KEY UPDATE OF r`,
      [caseId, which.of, decisionId, referralIds, OF_A_JUDGMENT],
      'lock_told',
    );
  }
}

const STANDING_CAUSE = `
  SELECT c.id, c.kind, c.sealed, c.findings, a.code, a.name,
    own.id AS told, coalesce(own.recalled, false) AS recalled
  FROM (
    SELECT d.id, 'exclusion' AS kind, d.sealed, d.decided_at AS at, (SELECT jsonb_agg(jsonb_build_object('allegationId', x.allegation_id,
        'ground', x.ground, 'scope', x.scope, 'stands', x.stands)) FROM decision_allegation x WHERE x.decision_id = d.id) AS findings
    FROM decision d WHERE d.case_id = $1 AND d.outcome = 'excluded' AND d.quashed_at IS NULL
    UNION ALL
    SELECT s.id, 'suspicion', s.sealed, s.decided_at, (SELECT jsonb_agg(jsonb_build_object('allegationId', x.id, 'ground', x.ground,
        'scope', x.scope, 'stands', true)) FROM allegation x WHERE x.case_id = $1 AND x.id = ANY (s.allegation_ids))
    FROM suspicion_decision s WHERE s.case_id = $1 AND s.suspicion AND s.outcome = 'confirmed') c
  CROSS JOIN authority a
  LEFT JOIN LATERAL (SELECT o.id, r.suspended_at IS NOT NULL AS recalled FROM obligation o JOIN referral r ON r.id = o.id
    WHERE o.cause_id = c.id AND o.authority_id = a.id) own ON true
  WHERE a.id = $2 AND EXISTS (SELECT FROM obligation o JOIN referral r ON r.id = o.id
    WHERE o.cause_id = c.id AND r.corrected_at IS NULL AND r.suspended_at IS NULL)
  ORDER BY coalesce(own.recalled, false), c.kind = 'exclusion' DESC, c.at DESC LIMIT 1`;
