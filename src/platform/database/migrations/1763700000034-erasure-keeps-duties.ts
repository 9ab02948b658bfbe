import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An erasure ends no duty: while anything is awaited in a case its key stays, whoever tries, and an erased case takes no new act of a
 * person. What the ledger of erasures repeats after a restore was decided when nothing was awaited, and says so in its row.
 */
export class ErasureKeepsDuties1763700000034 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`${openDuties('')}
      REVOKE ALL ON FUNCTION f1_open_duties FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION f1_open_duties TO f1_worker;`);
    await db.query(KEEPS_KEY);
    await db.query(TAKES_NOTHING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER erased_takes_nothing ON event;
      DROP TRIGGER erased_takes_nothing ON hold;
      DROP TRIGGER erased_takes_nothing ON access_grant;
      DROP TRIGGER open_duty_keeps_key ON data_key;
      DROP FUNCTION f1_erased_takes_nothing, f1_open_duty_keeps_key, f1_open_duties;
      ALTER TABLE data_key DROP COLUMN erasure_repeated;
    `);
  }
}

const DEFINER = 'SECURITY DEFINER SET search_path = public, pg_temp';

/** `unless`: of obligation `o`, when nobody waits for its receipt. */
export const openDuties = (unless: string): string => `
  -- What is awaited in a case: every state that waits has a clock (the charts are proven so), and what has none is named here.
  -- Of an erased case, with the time of its erasure: what was awaited when it was erased.
  CREATE OR REPLACE FUNCTION f1_open_duties(of_case uuid, erased timestamptz) RETURNS TABLE (duty text, subject_id uuid)
    LANGUAGE sql STABLE ${DEFINER} AS $$
    SELECT d.kind, d.subject_id FROM deadline d
      WHERE d.case_id = of_case AND d.met_at IS NULL AND (d.ended_at IS NULL OR d.ended_at = erased)
        -- Feedback may be given for ever, and is awaited for its time; a hold is over when its time is.
        AND NOT (d.kind IN ('feedback', 'holdExpiry') AND d.due_at <= coalesce(erased, f1_now()))
    UNION ALL SELECT 'receipt', o.id FROM obligation o JOIN referral r ON r.id = o.id
      WHERE o.case_id = of_case AND r.suspended_at IS NULL ${unless}
        AND (NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id)
          OR EXISTS (SELECT FROM outbox x WHERE x.referral_id = o.id AND x.done_at IS NULL))
    UNION ALL SELECT 'judgment', id FROM appeal WHERE case_id = of_case AND outcome IS NULL
    UNION ALL SELECT 'packageOverride', id FROM package_override WHERE case_id = of_case AND outcome IS NULL
    UNION ALL SELECT 'disclosure', id FROM person_request_proposal WHERE case_id = of_case AND decision IS NULL
    UNION ALL SELECT 'grant', id FROM access_grant
      WHERE case_id = of_case AND revoked_at IS NULL AND valid_until > coalesce(erased, f1_now())
    UNION ALL SELECT CASE kind WHEN 'preserve' THEN 'preserved' ELSE 'hold' END, id FROM hold
      WHERE case_id = of_case AND granted AND ended_at IS NULL AND valid_until > coalesce(erased, f1_now())
    UNION ALL SELECT 'legalHold', id FROM legal_hold WHERE case_id = of_case AND released_at IS NULL
  $$;
`;

const KEEPS_KEY = `
  ALTER TABLE data_key ADD COLUMN erasure_repeated boolean NOT NULL DEFAULT false;

  CREATE FUNCTION f1_open_duty_keeps_key() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  DECLARE
    awaited text;
  BEGIN
    IF coalesce(current_setting('f1.repeats_erasure', true), '') = 'on' THEN
      NEW.erasure_repeated := true;
      RETURN NEW;
    END IF;
    SELECT string_agg(DISTINCT duty, ', ' ORDER BY duty) INTO awaited FROM f1_open_duties(NEW.case_id, NULL);
    IF awaited IS NOT NULL THEN
      RAISE EXCEPTION 'case % is not erased while anything is awaited in it (%)', NEW.case_id, awaited USING ERRCODE = 'F1016';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_open_duty_keeps_key FROM PUBLIC;
  CREATE TRIGGER open_duty_keeps_key BEFORE UPDATE OF wrapped ON data_key FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION f1_open_duty_keeps_key();
`;

/** Whoever waited for a lock while a case was erased still holds its key in memory: what it would seal nobody could ever read. */
const TAKES_NOTHING = `
  CREATE FUNCTION f1_erased_takes_nothing() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    -- Every event is appended under the lock of its aggregate, which an erasure takes; other rows wait for the key itself.
    IF TG_TABLE_NAME <> 'event' THEN
      PERFORM FROM data_key WHERE case_id = NEW.case_id FOR SHARE;
    END IF;
    IF EXISTS (SELECT FROM data_key WHERE case_id = NEW.case_id AND wrapped IS NULL) THEN
      RAISE EXCEPTION 'the content of case % is erased', NEW.case_id USING ERRCODE = 'F1034';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_erased_takes_nothing FROM PUBLIC;
  CREATE TRIGGER erased_takes_nothing BEFORE INSERT ON event FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL AND NEW.actor_id IS NOT NULL AND NEW.type NOT IN ('ERASE_CONTENT', 'RELEASE_LEGAL_HOLD'))
    EXECUTE FUNCTION f1_erased_takes_nothing();
  CREATE TRIGGER erased_takes_nothing BEFORE INSERT OR UPDATE OF granted ON hold FOR EACH ROW
    EXECUTE FUNCTION f1_erased_takes_nothing();
  CREATE TRIGGER erased_takes_nothing BEFORE INSERT ON access_grant FOR EACH ROW EXECUTE FUNCTION f1_erased_takes_nothing();
`;
