import type { MigrationInterface, QueryRunner } from 'typeorm';

const starts = (kinds: string): string => `
  ALTER POLICY portal_starts ON deadline WITH CHECK (CASE kind
    WHEN 'requestAnswer' THEN f1_asked(subject_id, case_id)
    WHEN 'holdDecision' THEN f1_asked_hold(subject_id, case_id)
    ELSE ${kinds} AND f1_receives(subject_id, case_id) END);
`;

/**
 * The portal meets and ends clocks, and starts those its commands start, from now and for as long as a rule gives. Before, its role
 * could put off by plain SQL every clock that runs against the authority it serves.
 */
export class ClocksOfThePortal1763700000069 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(starts(`kind IN ('feedback', 'correctionAnswer')`));
    await db.query(BOUNDS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER clock_of_portal ON deadline;
      DROP FUNCTION f1_clock_of_portal;
      ${starts(`kind NOT IN ('refer', 'grantReview')`)}
    `);
  }
}

const BOUNDS = `
  CREATE FUNCTION f1_clock_of_portal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    -- The database knows no calendar: every second day works, and no holidays last for more than two weeks.
    longest interval := (SELECT max(amount * CASE unit WHEN 'hours' THEN interval '1 hour' WHEN 'days' THEN interval '1 day'
        ELSE interval '2 days' END) + interval '14 days'
      FROM deadline_rule WHERE kind = CASE NEW.kind WHEN 'personRequest' THEN 'requestAnswer' ELSE NEW.kind END);
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF (NEW.source, NEW.starts_at, NEW.due_at, NEW.half_at, NEW.most_at, NEW.step, NEW.escalated_at)
          IS NOT DISTINCT FROM (OLD.source, OLD.starts_at, OLD.due_at, OLD.half_at, OLD.most_at, OLD.step, OLD.escalated_at) THEN
        RETURN NEW;
      END IF;
      -- Feedback that ends nothing is the one thing after which the recipient's own time begins again.
      IF NEW.kind <> 'feedback' THEN
        RAISE EXCEPTION 'the portal starts no % clock again', NEW.kind USING ERRCODE = 'insufficient_privilege';
      END IF;
    END IF;
    IF (NEW.starts_at BETWEEN date_trunc('milliseconds', f1_now()) AND f1_now() AND NEW.step = 0 AND NEW.escalated_at IS NULL
        AND NEW.half_at <= NEW.most_at AND NEW.most_at <= NEW.due_at AND NEW.due_at <= NEW.starts_at + longest) IS NOT TRUE THEN
      RAISE EXCEPTION 'the portal starts a % clock from now, for as long as its rule gives', NEW.kind
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_clock_of_portal FROM PUBLIC;
  -- The login cannot be changed, as the role can by a login that is a member of it.
  CREATE TRIGGER clock_of_portal BEFORE INSERT OR UPDATE ON deadline FOR EACH ROW
    WHEN (pg_has_role(session_user, 'f1_portal', 'MEMBER') AND NOT pg_has_role(session_user, 'f1_api', 'MEMBER'))
    EXECUTE FUNCTION f1_clock_of_portal();
`;
