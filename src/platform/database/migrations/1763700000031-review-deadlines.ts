import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A questionnaire that waits for its approval is told of like whatever else waits: on the lists of those who may approve it. */
export class ReviewDeadlines1763700000031 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(belongsToNoCase("'personRequest', 'questionnaireReview'"));
    await db.query(because("'approves', "));
    await db.query(AUTHORS);
    await db.query(RUNNING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DELETE FROM task WHERE deadline_id IN (SELECT id FROM deadline WHERE kind = 'questionnaireReview');
      DELETE FROM deadline WHERE kind = 'questionnaireReview';
      REVOKE SELECT ON questionnaire_author FROM f1_worker;
      DROP POLICY worker_reads ON questionnaire_author;
      DROP POLICY api_questionnaire_review ON deadline;
      ${belongsToNoCase("'personRequest'")}
      ${because('')}
    `);
  }
}

const belongsToNoCase = (kinds: string): string => `
  ALTER TABLE deadline DROP CONSTRAINT deadline_has_case,
    ADD CONSTRAINT deadline_has_case CHECK ((case_id IS NULL) = (kind IN (${kinds})));
`;

const because = (also: string): string => `
  ALTER TABLE task DROP CONSTRAINT task_because_check, ADD CONSTRAINT task_because_check
    CHECK (because IN ('assigned', 'leadsUnit', 'decidesInUnit', 'answers', ${also}'operates'));
`;

const AUTHORS = `
  CREATE POLICY api_questionnaire_review ON deadline FOR ALL TO f1_api
    USING (kind = 'questionnaireReview' AND (SELECT f1_actor_is('author')))
    WITH CHECK (kind = 'questionnaireReview' AND f1_actor_is('author'));
  -- Whoever wrote it is not told to approve it.
  CREATE POLICY worker_reads ON questionnaire_author FOR SELECT TO f1_worker USING (true);
  GRANT SELECT ON questionnaire_author TO f1_worker;
`;

const RUNNING = `
  -- Reviews that wait already. When they began is in the history of each.
  INSERT INTO deadline (id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), v.id, 'questionnaireReview', 'house rule', b.at, b.at + (v.review_due_at - b.at) * 0.5,
      b.at + (v.review_due_at - b.at) * 0.8, v.review_due_at
    FROM questionnaire_version v JOIN LATERAL (
      SELECT max(e.at) AS at FROM event e WHERE e.aggregate_id = v.id AND e.type = 'SUBMIT_FOR_APPROVAL') b ON b.at IS NOT NULL
    WHERE v.review_due_at IS NOT NULL;
`;
