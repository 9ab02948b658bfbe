import type { MigrationInterface, QueryRunner } from 'typeorm';
import { notUndoneWhile } from '../not-undone.js';

/** What an operator did to the installation (a restore, sending let go on, a clock confirmed) stands in the access log as done. */
export class OperatorActs1763700000038 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(outcomes([...READS, 'done']));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(notUndoneWhile(`access_log WHERE outcome = 'done'`, 'acts of operators in the access log'));
    await db.query(outcomes(READS));
  }
}

const READS = ['read', 'refused', 'signedIn', 'signInRefused', 'signedOut'];

const outcomes = (allowed: readonly string[]): string => `
  ALTER TABLE access_log DROP CONSTRAINT access_log_outcome_check,
    ADD CONSTRAINT access_log_outcome_check CHECK (outcome IN (${allowed.map((one) => `'${one}'`).join(', ')}));
`;
