import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of everything that waits to be sent: when it was put off or leased, by the clock that its wait was reckoned on. If that is still to come,
 * the clock ran ahead, and what it reckoned holds nothing back.
 */
export class PutOffByWhichClock1763700000078 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION f1_put_off() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        NEW.put_off_at := f1_now();
        RETURN NEW;
      END $$;
      REVOKE ALL ON FUNCTION f1_put_off FROM PUBLIC;
    `);
    for (const [table, columns] of PUT_OFF)
      await db.query(`
        ALTER TABLE ${table} ADD COLUMN put_off_at timestamptz NOT NULL DEFAULT f1_now();
        CREATE TRIGGER ${table}_put_off BEFORE INSERT OR UPDATE OF ${columns} ON ${table}
          FOR EACH ROW EXECUTE FUNCTION f1_put_off();
      `);
    await db.query('CREATE INDEX outbox_put_off ON outbox (put_off_at) WHERE done_at IS NULL');
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [table] of PUT_OFF)
      await db.query(`DROP TRIGGER ${table}_put_off ON ${table}; ALTER TABLE ${table} DROP COLUMN put_off_at;`);
    await db.query('DROP FUNCTION f1_put_off()');
  }
}

const PUT_OFF = [
  ['outbox', 'next_attempt_at, lease_until'],
  ['alert', 'next_attempt_at'],
] as const;
