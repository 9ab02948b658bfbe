import type { MigrationInterface, QueryRunner } from 'typeorm';

const exactlyOne = (how: string): string => `
  CREATE OR REPLACE FUNCTION f1_exactly_one(changed bigint, of_table text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF changed <> 1 THEN
      RAISE EXCEPTION 'an update meant for one row of % changed %', of_table, changed${how};
    END IF;
  END $$;
`;

/** Whoever acts on what is changed or closed to them in the same moment is refused, with a code of its own. */
export class MissedRowsAreRefusals1763700000055 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(exactlyOne(` USING ERRCODE = 'F1055'`));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(exactlyOne(''));
  }
}
