import type { MigrationInterface, QueryRunner } from 'typeorm';

const OFFICERS = `'{caseOfficer,officer1F,reviewer,legalAdviser,decisionMaker}'::text[]`;

/**
 * Who sees which case stays what it was; what a policy says is set up again with every statement on its table, read or write.
 * So a case asks for one unit instead of unit, roles and a sub-select over assignments (f1_sees_case knows those), and a clock
 * that belongs to no case asks one function, which no row of a case calls.
 */
const CHEAPER = `
  CREATE FUNCTION f1_officer_unit() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT unit FROM app_user WHERE id = f1_actor() AND disabled_at IS NULL AND roles && ${OFFICERS});
  END $$;
  REVOKE ALL ON FUNCTION f1_officer_unit FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_officer_unit TO f1_api;
  DROP POLICY api_own_unit ON case_file;
  CREATE POLICY api_own_unit ON case_file FOR SELECT TO f1_api
    USING (unit = (SELECT f1_officer_unit()) OR f1_sees_case(id));

  CREATE FUNCTION f1_answers_clock(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN f1_answers_person_requests() OR EXISTS (SELECT FROM task
      WHERE deadline_id = wanted AND assignee_id = f1_actor() AND case_id IS NULL AND done_at IS NULL);
  END $$;
  REVOKE ALL ON FUNCTION f1_answers_clock FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_answers_clock TO f1_api;
  DROP POLICY api_person_request ON deadline;
  CREATE POLICY api_person_request ON deadline FOR SELECT TO f1_api USING (case_id IS NULL AND f1_answers_clock(id));
  DROP POLICY api_person_request_met ON deadline;
  CREATE POLICY api_person_request_met ON deadline FOR UPDATE TO f1_api
    USING (case_id IS NULL AND f1_answers_person_requests());
`;

const BEFORE = `
  DROP POLICY api_person_request_met ON deadline;
  CREATE POLICY api_person_request_met ON deadline FOR UPDATE TO f1_api
    USING (case_id IS NULL AND (SELECT f1_answers_person_requests()));
  DROP POLICY api_person_request ON deadline;
  CREATE POLICY api_person_request ON deadline FOR SELECT TO f1_api USING (case_id IS NULL AND ((SELECT f1_answers_person_requests())
    OR EXISTS (SELECT FROM task t WHERE t.deadline_id = deadline.id AND t.assignee_id = f1_actor() AND t.done_at IS NULL)));
  DROP FUNCTION f1_answers_clock;

  DROP POLICY api_own_unit ON case_file;
  CREATE POLICY api_own_unit ON case_file FOR SELECT TO f1_api USING ((unit = (SELECT f1_actor_unit())
      AND (SELECT f1_actor_is('caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker')))
    OR EXISTS (SELECT FROM assignment a WHERE a.case_id = case_file.id AND a.user_id = f1_actor() AND a.ended_at IS NULL));
  DROP FUNCTION f1_officer_unit;
`;

export class CheaperPolicies1763700000027 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CHEAPER);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(BEFORE);
  }
}
