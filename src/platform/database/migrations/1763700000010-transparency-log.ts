import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The Merkle tree over the ledger: every eighth level of it, and the signed checkpoints that are published. */
export class TransparencyLog1763700000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- A hash stands for the subtree of 2^level ledger rows from row index * 2^level + 1 on; it is stored once that is complete.
      CREATE TABLE ledger_tile (
        level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
        index bigint NOT NULL CHECK (index >= 0),
        hash bytea NOT NULL CHECK (length(hash) = 32),
        PRIMARY KEY (level, index)
      );
      CREATE TABLE ledger_checkpoint (
        size bigint PRIMARY KEY CHECK (size > 0),
        root bytea NOT NULL CHECK (length(root) = 32),
        signed_at timestamptz NOT NULL,
        -- The signed note that is published: origin, size, root, time and signature, as text.
        note text NOT NULL
      );
      ALTER TABLE ledger_tile ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ledger_checkpoint ENABLE ROW LEVEL SECURITY;
      CREATE POLICY api_auditor ON ledger_tile FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
      CREATE POLICY api_auditor ON ledger_checkpoint FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
      CREATE POLICY worker_all ON ledger_tile FOR ALL TO f1_worker USING (true) WITH CHECK (true);
      CREATE POLICY worker_all ON ledger_checkpoint FOR ALL TO f1_worker USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT ON ledger_tile, ledger_checkpoint TO f1_worker;
      GRANT SELECT ON ledger_tile, ledger_checkpoint TO f1_api;
      CREATE TRIGGER ledger_tile_is_append_only BEFORE UPDATE OR DELETE ON ledger_tile
        FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
      CREATE TRIGGER ledger_checkpoint_is_append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint
        FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE ledger_checkpoint, ledger_tile');
  }
}
