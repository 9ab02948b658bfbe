import type { accountSteps, CaseEffect, CaseFacts } from '../domain/workflow/vocabulary/case.js';
import type { Call, Prepared } from '../platform/database/prepared.js';
import type { CaseInstruction } from './case-instruction.js';

/** What one statement tells about a case file: one row each. A command reads only those that its guards and effects ask for. */
export interface CaseFile {
  applicant: { id: string; sealed: Buffer; has_representative: boolean };
  certificates: { names: readonly string[] };
  people: {
    is_author: boolean;
    is_interviewer: boolean;
    is_reviewer: boolean;
    signed_off_legally: boolean;
  };
  interviews: { open: number; sealed_exclusion: number };
  analysis: {
    allegations: number;
    complete: number;
    exculpatory_assessed: boolean;
    intended: number;
    below_responsibility: number;
    legal_sign_off_needed: boolean;
    rows: readonly AllegationRow[];
  };
  reviews: { legal_sign_off_revision: number | null; reviewed_revision: number | null };
  intention: {
    id: string | null;
    revision: number | null;
    reply_received: boolean;
    reply_deadline_passed: boolean;
  };
  disclosure: { undisclosed: number };
  suspicion: {
    proposal: {
      id: string;
      suspicion: boolean;
      allegation_ids: readonly string[];
      /** After a correction: the allegations for which suspicion remains. */
      remaining_ids: readonly string[] | null;
    } | null;
    /** The proposal's reasons. */
    sealed: Buffer | null;
    heard_since: boolean;
    is_proposer: boolean;
    is_confirmer: boolean;
  };
  referrals: { standing: number; told: number; beside_judgments: number; mistaken_identity: boolean };
  competence: { for_exclusion: number; for_suspicion: number; for_account: number };
  accounts: {
    /** The proposal to refer an own account that waits for a second person; its words lie in `sealed`. */
    waiting: { step: string; agreement: string } | null;
    sealed: Buffer | null;
    is_proposer: boolean;
    /** The last step of every agreement of the case; null: none yet. */
    agreements: readonly { id: string; step: (typeof accountSteps)[number] | null }[];
  };
  decision: {
    id: string | null;
    open_appeal_id: string | null;
    last_judgment_is_final: boolean;
    to_reopen: number;
    is_decider: boolean;
    served: boolean;
    appeal_period_over: boolean;
  };
}

export interface AllegationRow {
  readonly id: string;
  readonly ground: '1F(a)' | '1F(b)' | '1F(c)' | 'seriousCrimeSP';
  readonly scope: 'refugeeStatus' | 'subsidiaryProtection';
  readonly intended_to_stand: boolean;
}

export type CasePart = keyof CaseFile;

/** $1 the case, $2 the actor. A part that asks nobody's name does without the second. */
const TEXTS: Record<CasePart, string> = {
  applicant: 'SELECT id, sealed, has_representative FROM person WHERE case_id = $1',
  certificates: `
    SELECT ARRAY(SELECT name FROM certificate WHERE user_id = $2 AND f1_now()::date BETWEEN valid_from AND valid_until) AS names`,
  people: `
    SELECT EXISTS (SELECT FROM analysis_author WHERE case_id = $1 AND user_id = $2) AS is_author,
      EXISTS (SELECT FROM interview WHERE case_id = $1 AND interviewer_id = $2) AS is_interviewer, r.*
    FROM (SELECT coalesce(bool_or(kind <> 'decision'), false) AS is_reviewer,
      coalesce(bool_or(kind = 'legal' AND outcome = 'approved'), false) AS signed_off_legally
      FROM review WHERE case_id = $1 AND reviewer_id = $2) r`,
  interviews: `
    SELECT count(*) FILTER (WHERE sealed_at IS NULL AND snapshot #>> '{}' IS DISTINCT FROM 'abandoned')::int AS open,
      count(*) FILTER (WHERE purpose = 'exclusion' AND sealed_at >= coalesce((SELECT max(e.at) FROM event e
        WHERE e.aggregate_id = $1 AND e.type IN ('FURTHER_INTERVIEW', 'REOPEN', 'REOPEN_CLAIM')), '-infinity'))::int AS sealed_exclusion
    FROM interview WHERE case_id = $1`,
  analysis: `
    SELECT count(*)::int AS allegations, count(*) FILTER (WHERE complete AND assessed_at >= coalesce((SELECT max(sealed_at)
        FROM interview WHERE case_id = $1), '-infinity'))::int AS complete,
      coalesce(bool_and(exculpatory_assessed), true) AS exculpatory_assessed,
      count(*) FILTER (WHERE intended_to_stand)::int AS intended,
      count(*) FILTER (WHERE below_responsibility AND intended_to_stand)::int AS below_responsibility,
      coalesce(bool_or(intended_to_stand AND (ground = '1F(a)' OR minor_at_act)), false) AS legal_sign_off_needed,
      coalesce(json_agg(json_build_object('id', id, 'ground', ground, 'scope', scope,
        'intended_to_stand', intended_to_stand) ORDER BY position), '[]') AS rows
    FROM allegation WHERE case_id = $1 AND withdrawn_at IS NULL`,
  reviews: `
    SELECT max(analysis_revision) FILTER (WHERE kind = 'legal' AND outcome = 'approved') AS legal_sign_off_revision,
      (array_agg(CASE WHEN outcome = 'approved' THEN analysis_revision END ORDER BY at DESC)
        FILTER (WHERE kind <> 'legal'))[1] AS reviewed_revision
    FROM review WHERE case_id = $1`,
  intention: `
    SELECT n.id, n.analysis_revision AS revision, coalesce(n.reply_due_at <= f1_now(), false) AS reply_deadline_passed,
      EXISTS (SELECT FROM submission WHERE case_id = $1 AND notice_id = n.id AND kind = 'replyToIntention') AS reply_received
    FROM (VALUES (1)) one LEFT JOIN (SELECT id, analysis_revision, reply_due_at FROM notice
      WHERE case_id = $1 AND kind = 'intention' ORDER BY served_at DESC LIMIT 1) n ON true`,
  // The substance of an interview is the applicant's own; anything else counts from its disclosure, before the reply or its deadline.
  disclosure: `
    WITH n AS (SELECT id, reply_due_at FROM notice WHERE case_id = $1 AND kind = 'intention' ORDER BY served_at DESC LIMIT 1),
    until AS (SELECT coalesce((SELECT max(received_at) FROM submission WHERE case_id = $1 AND notice_id = (SELECT id FROM n)),
      (SELECT reply_due_at FROM n), 'infinity') AS at)
    SELECT count(DISTINCT (e.source_kind, e.source_ref))::int AS undisclosed FROM evidence e
    JOIN allegation on_it ON on_it.id = e.allegation_id AND on_it.withdrawn_at IS NULL CROSS JOIN until
    WHERE e.case_id = $1 AND NOT (e.source_kind = 'interview' AND split_part(e.source_ref, '#', 1) IN (
        SELECT id::text FROM interview WHERE case_id = $1 AND sealed_at IS NOT NULL))
      AND NOT EXISTS (SELECT FROM disclosure x WHERE x.case_id = $1 AND x.source_kind = e.source_kind
        AND x.source_ref = e.source_ref AND x.disclosed_at <= until.at)`,
  suspicion: `
    SELECT CASE WHEN s.id IS NOT NULL AND s.outcome IS NULL THEN json_build_object('id', s.id, 'suspicion', s.suspicion,
        'allegation_ids', s.allegation_ids, 'remaining_ids', s.remaining_ids) END AS proposal, s.sealed,
      coalesce(s.outcome IS NULL AND s.proposed_by = $2, false) AS is_proposer,
      coalesce(s.outcome = 'confirmed' AND s.decided_by = $2, false) AS is_confirmer,
      EXISTS (SELECT FROM event e WHERE e.case_id = $1 AND e.aggregate_kind = 'interview' AND e.at > s.proposed_at) AS heard_since
    FROM (VALUES (1)) one LEFT JOIN (SELECT id, suspicion, allegation_ids, remaining_ids, sealed, proposed_by, proposed_at, decided_by, outcome FROM suspicion_decision
      WHERE case_id = $1 AND (outcome IS NULL OR outcome = 'confirmed')
      ORDER BY proposed_at DESC, decided_at DESC NULLS FIRST LIMIT 1) s ON true`,
  referrals: `
    SELECT count(*) FILTER (WHERE (kind = 'suspicion' AND corrected_at IS NULL)
        OR (kind = 'exclusion' AND corrected_at IS NOT NULL))::int AS standing,
      count(*) FILTER (WHERE kind <> 'correction')::int AS told,
      (SELECT count(*)::int FROM correction c WHERE c.case_id = $1
        AND c.reason IN ('factualError', 'mistakenIdentity', 'unlawfulTransmission', 'reopened')
        AND c.at > coalesce((SELECT max(s.decided_at) FROM suspicion_decision s
          WHERE s.case_id = $1 AND s.outcome = 'confirmed'), '-infinity')) AS beside_judgments,
      EXISTS (SELECT FROM correction c WHERE c.case_id = $1 AND c.reason = 'mistakenIdentity'
        AND c.at > coalesce((SELECT max(s.decided_at) FROM suspicion_decision s
          WHERE s.case_id = $1 AND s.outcome = 'confirmed'), '-infinity')) AS mistaken_identity
    FROM referral WHERE case_id = $1`,
  competence: `
    SELECT count(DISTINCT c.authority_id) FILTER (WHERE 'exclusion' = ANY (c.kinds) AND c.grounds && g.grounds)::int AS for_exclusion,
      count(DISTINCT c.authority_id) FILTER (WHERE 'suspicion' = ANY (c.kinds) AND '1F(a)' = ANY (c.grounds))::int AS for_suspicion,
      count(DISTINCT c.authority_id) FILTER (WHERE 'account' = ANY (c.kinds) AND '1F(a)' = ANY (c.grounds))::int AS for_account
    FROM competence_rule c JOIN authority u ON u.id = c.authority_id AND u.disabled_at IS NULL,
      (SELECT ARRAY(SELECT ground FROM allegation WHERE case_id = $1 AND withdrawn_at IS NULL AND intended_to_stand) AS grounds) g,
      (SELECT ARRAY(SELECT country FROM person_country WHERE case_id = $1 AND dropped_by IS NULL) AS own) countries
    WHERE c.valid_from <= f1_now()::date AND (c.valid_until IS NULL OR c.valid_until >= f1_now()::date)
      AND (c.countries IS NULL OR c.countries && own)
      AND (c.act_countries IS NULL OR c.act_countries && ARRAY(SELECT act_country FROM allegation
        WHERE case_id = $1 AND withdrawn_at IS NULL AND act_country IS NOT NULL))
      AND (c.whereabouts IS NULL OR (SELECT coalesce(snapshot #>> '{whereabouts,alive}', snapshot ->> 'whereabouts') FROM person
        WHERE case_id = $1) = ANY (c.whereabouts))
      AND NOT f1_blocked($1, u.id)`,
  accounts: `
    WITH last AS (SELECT g.id, s.id AS step_id, s.step, s.sealed, s.by_id FROM account_agreement g
      LEFT JOIN LATERAL (SELECT id, step, sealed, by_id FROM account_step WHERE agreement_id = g.id ORDER BY at DESC LIMIT 1) s
        ON true WHERE g.case_id = $1)
    SELECT CASE WHEN w.id IS NOT NULL THEN json_build_object('step', w.step_id, 'agreement', w.id) END AS waiting, w.sealed,
      coalesce(w.by_id = $2, false) AS is_proposer,
      (SELECT coalesce(json_agg(json_build_object('id', id, 'step', step)), '[]') FROM last) AS agreements
    FROM (VALUES (1)) one LEFT JOIN (SELECT * FROM last WHERE step = 'proposed' LIMIT 1) w ON true`,
  decision: `
    SELECT d.id, (SELECT id FROM appeal WHERE decision_id = d.id AND outcome IS NULL) AS open_appeal_id,
      coalesce((SELECT final FROM appeal WHERE case_id = $1 AND outcome IS NOT NULL ORDER BY decided_at DESC LIMIT 1), false)
        AS last_judgment_is_final,
      (SELECT count(*)::int FROM reconsideration WHERE case_id = $1 AND outcome = 'toReopen' AND decided_at > d.decided_at) AS to_reopen,
      coalesce(d.decided_by = $2, false) AS is_decider,
      EXISTS (SELECT FROM notice WHERE case_id = $1 AND kind = 'decision' AND served_at >= d.decided_at) AS served,
      EXISTS (SELECT FROM deadline WHERE subject_id = $1 AND kind = 'appeal' AND met_at IS NULL AND ended_at IS NULL
        AND due_at <= f1_now()) AS appeal_period_over
    FROM (VALUES (1)) one LEFT JOIN (SELECT id, decided_at, decided_by FROM decision WHERE case_id = $1 ORDER BY decided_at DESC LIMIT 1) d
      ON true`,
};

const STATEMENTS = Object.fromEntries(
  Object.entries(TEXTS).map(([part, text]) => [
    part,
    { name: `f1_case_${part}`, types: text.includes('$2') ? ['uuid', 'uuid'] : ['uuid'], text } satisfies Prepared,
  ]),
) as unknown as Record<CasePart, Prepared>;

export const ALL_PARTS = Object.keys(TEXTS) as readonly CasePart[];

/** Where each fact is read; null: it comes with the case itself, the actor or the command. */
const PART_OF: Record<keyof CaseFacts, CasePart | null> = {
  actorRoles: null,
  actorCertified: 'certificates',
  actorIsAuthor: 'people',
  actorIsInterviewer: 'people',
  actorIsReviewer: 'people',
  actorSignedOffLegally: 'people',
  actorIsSuspicionProposer: 'suspicion',
  actorConfirmedSuspicion: 'suspicion',
  procedureType: null,
  applicantIsChild: 'applicant',
  representativeAppointed: 'applicant',
  openInterviews: 'interviews',
  sealedExclusionInterviews: 'interviews',
  analysisRevision: null,
  allegations: 'analysis',
  allegationsWithEveryElementFound: 'analysis',
  exculpatoryAssessed: 'analysis',
  allegationsIntendedToStand: 'analysis',
  allegationsBelowAgeOfResponsibility: 'analysis',
  legalSignOffNeeded: 'analysis',
  legalSignOffRevision: 'reviews',
  intentionRevision: 'intention',
  replyReceived: 'intention',
  replyDeadlinePassed: 'intention',
  undisclosedReliedMaterial: 'disclosure',
  reviewedRevision: 'reviews',
  suspicionProposal: 'suspicion',
  heardSinceSuspicionProposal: 'suspicion',
  standingReferrals: 'referrals',
  referralsTold: 'referrals',
  correctionsBesideJudgments: 'referrals',
  allegationsStillSuspected: 'suspicion',
  allegationsDecided: 'analysis',
  allegationsDecidedToStand: 'analysis',
  allegationsStandingUnannounced: 'analysis',
  judgmentIsFinal: null,
  suspicionFollowsAllegations: 'analysis',
  lastJudgmentIsFinal: 'decision',
  reconsiderationsToReopen: 'decision',
  actorTookDecision: 'decision',
  authoritiesForExclusion: 'competence',
  authoritiesForSuspicion: 'competence',
  authoritiesForAccount: 'competence',
  actorIsAccountProposer: 'accounts',
  agreementNamed: 'accounts',
  agreementByRepresentative: null,
  decisionServed: 'decision',
  appealPeriodOver: 'decision',
};

/** What the rows of an effect are made from. */
const PARTS_FOR: Partial<Record<CaseEffect['type'], readonly CasePart[]>> = {
  editAnalysis: ['suspicion'],
  recordSubmission: ['intention'],
  createObligations: ['analysis', 'suspicion', 'accounts'],
  createCorrections: ['analysis', 'decision', 'suspicion'],
  recordSuspicionProposal: ['suspicion', 'analysis', 'referrals'],
  rejectSuspicionProposal: ['suspicion'],
  overtakeSuspicion: ['suspicion'],
  recordSuspicionDecision: ['suspicion'],
  recordAppeal: ['decision'],
  recordDecision: ['analysis'],
  recordAccount: ['accounts'],
};

/** The parts of the file that carrying out such a command needs. */
export function partsFor(
  reach: { facts: ReadonlySet<keyof CaseFacts>; effects: ReadonlySet<CaseEffect['type']> },
  instruction: CaseInstruction,
): Set<CasePart> {
  const parts = new Set<CasePart>();
  for (const fact of reach.facts) {
    const part = PART_OF[fact];
    if (part) parts.add(part);
  }
  for (const effect of reach.effects) for (const part of PARTS_FOR[effect] ?? []) parts.add(part);
  const named = 'allegations' in instruction ? instruction.allegations : [];
  const ids = 'allegationIds' in instruction ? instruction.allegationIds : [];
  if (named.length + ids.length > 0) parts.add('analysis');
  return parts;
}

/** The statement that reads one part of a case file for this actor. */
export function reading(part: CasePart, caseId: string, actorId: string): Call {
  const statement = STATEMENTS[part];
  return { statement, values: [caseId, actorId].slice(0, statement.types?.length) };
}

/** The parts that were read; asking for another one is a mistake in the tables above. */
export class PartsRead {
  private readonly rows = new Map<CasePart, object>();

  /** `results`: the rows of each part's statement, in the same order. */
  static of(parts: readonly CasePart[], results: readonly (readonly object[])[]): PartsRead {
    const read = new PartsRead();
    read.add(parts, results);
    return read;
  }

  add(parts: readonly CasePart[], results: readonly (readonly object[])[]): void {
    for (const [index, part] of parts.entries()) {
      const row = results[index]?.[0];
      if (!row) throw new Error(`the ${part} of this case cannot be read`);
      this.rows.set(part, row);
    }
  }

  missing(parts: Iterable<CasePart>): CasePart[] {
    return [...parts].filter((part) => !this.rows.has(part));
  }

  get<P extends CasePart>(part: P): CaseFile[P] {
    const row = this.rows.get(part);
    if (!row) throw new Error(`the command was decided without reading the ${part} of the case`);
    return row as CaseFile[P];
  }
}
