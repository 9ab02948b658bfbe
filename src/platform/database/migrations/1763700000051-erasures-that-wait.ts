import type { MigrationInterface, QueryRunner } from 'typeorm';
import { notUndoneWhile } from '../not-undone.js';
import { kinds } from './1763700000033-settings-and-lists.js';

const KINDS = `, 'settingsWait', 'dutiesNotMet', 'blockedRecipient'`;

/** An erasure that waits for a second operator is on the list of all of them, until it is confirmed or an operator ends the asking. */
export class ErasuresThatWait1763700000051 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE erasure ADD COLUMN ended_by uuid REFERENCES app_user (id), ADD COLUMN ended_at timestamptz,
        DROP CONSTRAINT erasure_case_id_key,
        ADD CONSTRAINT erasure_ended_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
        ADD CONSTRAINT erasure_confirmed_or_ended CHECK (confirmed_at IS NULL OR ended_at IS NULL);
      -- What was ended may be asked for anew, on another basis.
      CREATE UNIQUE INDEX erasure_asked_once ON erasure (case_id) WHERE ended_at IS NULL;
      CREATE POLICY worker_counts ON erasure FOR SELECT TO f1_worker USING (confirmed_at IS NULL AND ended_at IS NULL);
      GRANT SELECT (case_id, confirmed_at, ended_at) ON erasure TO f1_worker;
      ${kinds(`${KINDS}, 'erasureWaits'`)}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(notUndoneWhile('erasure WHERE ended_at IS NOT NULL', 'erasures whose asking was ended'));
    await db.query(`
      DELETE FROM task WHERE kind = 'erasureWaits';
      ${kinds(KINDS)}
      REVOKE SELECT (case_id, confirmed_at, ended_at) ON erasure FROM f1_worker;
      DROP POLICY worker_counts ON erasure;
      DROP INDEX erasure_asked_once;
      ALTER TABLE erasure DROP CONSTRAINT erasure_confirmed_or_ended, DROP CONSTRAINT erasure_ended_whole,
        DROP COLUMN ended_at, DROP COLUMN ended_by, ADD CONSTRAINT erasure_case_id_key UNIQUE (case_id);
    `);
  }
}
