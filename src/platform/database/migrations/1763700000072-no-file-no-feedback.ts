import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Feedback is awaited of nobody from whom the file was taken, or who answered that it erased it. Before, that clock ran on: it ends at the
 * time of the event that took the file, whichever chart the referral is pinned to.
 */
export class NoFileNoFeedback1763700000072 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE deadline d SET ended_at = coalesce(r.suspended_at, (SELECT min(c.answered_at) FROM correction_answer c
          JOIN referral told ON told.id = c.referral_id
          WHERE told.case_id = r.case_id AND told.authority_id = r.authority_id AND told.created_at >= r.corrected_at
            AND c.answer = 'erased' AND c.answered_at >= d.starts_at))
        FROM referral r WHERE r.id = d.subject_id AND d.kind = 'feedback' AND d.met_at IS NULL AND d.ended_at IS NULL
          AND r.corrected_at IS NOT NULL AND (r.suspended_at IS NULL OR r.suspended_at >= d.starts_at);
      -- What the own authority answered says whether it still has the file; its words stay closed.
      CREATE POLICY portal_answered ON correction_answer FOR SELECT TO f1_portal USING (f1_receives(referral_id, case_id));
      GRANT SELECT (id, referral_id, case_id, answer, answered_at) ON correction_answer TO f1_portal;
    `);
  }

  /** What ended stays so: nobody awaits it. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      REVOKE SELECT (id, referral_id, case_id, answer, answered_at) ON correction_answer FROM f1_portal;
      DROP POLICY portal_answered ON correction_answer;
    `);
  }
}
