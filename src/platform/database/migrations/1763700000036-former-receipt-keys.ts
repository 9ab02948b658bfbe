import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a receipt key verified stays proven after the key was replaced. */
export class FormerReceiptKeys1763700000036 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE former_receipt_key (
        authority_id uuid NOT NULL REFERENCES authority (id),
        public_key text NOT NULL,
        until timestamptz NOT NULL DEFAULT f1_now(),
        PRIMARY KEY (authority_id, public_key, until)
      );
      ALTER TABLE former_receipt_key ENABLE ROW LEVEL SECURITY;
      CREATE POLICY worker_all ON former_receipt_key FOR SELECT TO f1_worker USING (true);
      GRANT SELECT ON former_receipt_key TO f1_worker;
      CREATE TRIGGER former_receipt_key_is_append_only BEFORE UPDATE OR DELETE ON former_receipt_key
        FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
      CREATE FUNCTION f1_keeps_receipt_key() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        INSERT INTO former_receipt_key (authority_id, public_key) VALUES (OLD.id, OLD.receipt_public_key)
          ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$;
      REVOKE ALL ON FUNCTION f1_keeps_receipt_key FROM PUBLIC;
      CREATE TRIGGER keeps_receipt_key AFTER UPDATE OF receipt_public_key ON authority FOR EACH ROW
        WHEN (OLD.receipt_public_key IS NOT NULL AND NEW.receipt_public_key IS DISTINCT FROM OLD.receipt_public_key)
        EXECUTE FUNCTION f1_keeps_receipt_key();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER keeps_receipt_key ON authority;
      DROP FUNCTION f1_keeps_receipt_key;
      DROP TABLE former_receipt_key;
    `);
  }
}
