import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The portal closes a clock of a referral with the event that does so, and no other way. Before, its role could stop by plain SQL every
 * clock that runs against the authority it serves.
 */
export class ClosedByTheirEvents1763700000075 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION f1_closed_by_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DECLARE
        closing text[] := CASE
          WHEN NEW.met_at IS NOT NULL THEN CASE NEW.kind WHEN 'acknowledge' THEN ARRAY['ACKNOWLEDGE']
            WHEN 'feedback' THEN ARRAY['GIVE_FEEDBACK', 'CONCLUDE_REFERRAL'] WHEN 'correctionAnswer' THEN ARRAY['ANSWER_CORRECTION'] END
          WHEN NEW.ended_at IS NOT NULL AND NEW.kind = 'feedback' THEN ARRAY['MOVE_CHART'] END;
      BEGIN
        -- What is asked of the sender, as a hold, is closed with its own row.
        IF NOT EXISTS (SELECT FROM referral WHERE id = NEW.subject_id) OR EXISTS (SELECT FROM event
            WHERE aggregate_id = NEW.subject_id AND tx = pg_current_xact_id() AND type = ANY (closing)
              AND at = coalesce(NEW.met_at, NEW.ended_at)) THEN
          RETURN NULL;
        END IF;
        -- Who answers a correction that the file is erased is asked for no feedback on it: told in the chain of the correction.
        IF NEW.kind = 'feedback' AND NEW.met_at IS NULL AND EXISTS (SELECT FROM event e JOIN referral told ON told.id = e.aggregate_id
            JOIN referral r ON r.id = NEW.subject_id AND r.case_id = told.case_id AND r.authority_id = told.authority_id
            WHERE e.tx = pg_current_xact_id() AND e.type = 'ANSWER_CORRECTION' AND e.facets ->> 'answer' = 'erased'
              AND e.at = NEW.ended_at) THEN
          RETURN NULL;
        END IF;
        RAISE EXCEPTION 'the portal closes a % clock with the event that does so', NEW.kind USING ERRCODE = 'insufficient_privilege';
      END $$;
      REVOKE ALL ON FUNCTION f1_closed_by_event FROM PUBLIC;
      -- At COMMIT: one statement writes the event and the clock.
      CREATE CONSTRAINT TRIGGER closed_by_event AFTER UPDATE ON deadline DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN ((NEW.met_at, NEW.ended_at) IS DISTINCT FROM (OLD.met_at, OLD.ended_at)
          AND pg_has_role(session_user, 'f1_portal', 'MEMBER') AND NOT pg_has_role(session_user, 'f1_api', 'MEMBER'))
        EXECUTE FUNCTION f1_closed_by_event();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TRIGGER closed_by_event ON deadline; DROP FUNCTION f1_closed_by_event;');
  }
}
