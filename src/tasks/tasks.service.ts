import { Injectable } from '@nestjs/common';
import type { Snapshot } from '../domain/workflow/decide.js';
import { meetingInEither } from '../domain/workflow/move.js';
import { rolesWhoMay } from '../identity/policy.js';
import { Database } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { type Page, pageOf, type PageQuery, readCursor } from '../platform/http/page.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { NextCommandDto, TaskDto, TaskKind } from './tasks.dto.js';

interface TaskRow {
  id: string;
  kind: TaskKind;
  step: 0 | 50 | 80 | 100 | null;
  because: keyof typeof WHY;
  unit: string | null;
  created_at: Date;
  deadline: string | null;
  due_at: Date | null;
  overdue: boolean | null;
  source: string | null;
  case_id: string | null;
  reference: string | null;
  subject_id: string | null;
  subject: 'case' | 'interview' | 'referral' | 'questionnaire' | null;
  workflow_hash: string | null;
  snapshot: Snapshot | null;
  cursor_at: string;
}

const WHY = {
  assigned: 'You are assigned to this case.',
  leadsUnit: 'You lead the unit: nobody who is assigned can do it, or the time has passed.',
  decidesInUnit:
    'You decide in this unit, for which no lead is named: nobody who is assigned can do it, or the time has passed.',
  answers: 'You may answer what is asked about persons: legal advisers and decision-makers do.',
  approves: 'You are an author and wrote none of it: another than its author approves a questionnaire.',
  seconds: 'You work in this unit and did not begin it: another than whoever did confirms or refuses it.',
  operates: 'You operate this installation.',
  audits: 'You audit this installation and watch over data protection.',
};

const PASSED = {
  50: 'half of the time has passed',
  80: 'four fifths of the time have passed',
  100: 'the time has passed',
};

/** Who may open what is asked about persons; a unit's lead who is neither is told of its delay alone. */
const ANSWER = rolesWhoMay('edit', 'PersonRequest');

interface About {
  readonly caseId: string;
  readonly subjectId: string;
  readonly mayAnswer: boolean;
  readonly because: TaskRow['because'];
}

/** What to do where somebody asked for something, and where it stands. */
const TO_DO: Readonly<Record<string, (about: About) => string>> = {
  holdDecision: ({ caseId, subjectId }) =>
    `Grant or refuse the hold that a recipient asked for: GET /api/cases/${caseId}/holds, then POST /api/referrals/{id}/holds/${subjectId}/decision with its referralId.`,
  brokenStay: ({ caseId }) =>
    `A person was removed while a recipient’s stay of removal stood; the recipient sees that and was alerted. Find out how it came about, and end the hold with what happened: GET /api/cases/${caseId}/holds.`,
  holdExpiry: ({ caseId }) =>
    `A hold comes to its end, and what it delays goes on then unless the recipient asks anew: GET /api/cases/${caseId}/holds.`,
  requestAnswer: ({ caseId, subjectId }) =>
    `Answer or refuse what a recipient asked, or says is missing from the file: GET /api/cases/${caseId}/requests, then POST /api/referrals/{id}/requests/${subjectId}/answer (or /refuse) with its referralId.`,
  personRequest: ({ subjectId, mayAnswer }) =>
    mayAnswer
      ? `Propose what is answered to a request about a person, or decide on what a colleague proposed: GET /api/person-requests/${subjectId}, then POST to its /proposals, or /proposals/{proposalId}/decision.`
      : 'A request about a person waits to be answered. What it asks is for legal advisers and decision-makers alone: see that two of them answer it, or have an operator name some (f1 apply).',
  reconsideration: ({ caseId, subjectId, because }) =>
    because === 'leadsUnit'
      ? `A recipient cleared the person: whether what was decided stands is for a decision-maker who took no decision in this case. See that one decides it in time, or have an operator name another (f1 apply): GET /api/cases/${caseId}/reconsiderations.`
      : `Decide whether what was decided stands, now that a recipient cleared the person: GET /api/cases/${caseId}/reconsiderations, then POST /api/cases/${caseId}/reconsiderations/${subjectId}/decide.`,
  reopening: ({ caseId }) =>
    `Reopen what a reconsideration found wrong, with reasons: REOPEN_EXCLUSION where an exclusion stands, REOPEN where the examination ended otherwise (POST /api/cases/${caseId}/commands).`,
  questionnaireReview: ({ subjectId, because }) =>
    because === 'approves'
      ? `Approve a questionnaire that waits for it, or return it with a reason: GET /api/questionnaires/${subjectId}.`
      : 'A questionnaire waits to be approved by an author who wrote none of it: see that one does, or have an operator name another (f1 apply).',
  unblocking: ({ caseId }) =>
    `A second person is needed: somebody asked that a recipient whom this file bars be barred no longer. Read why, then confirm or refuse it, or see that a colleague does: GET /api/cases/${caseId}/unblockings.`,
  letterConfirmation: () =>
    'A second person is needed: somebody recorded what a recipient wrote on paper. Read the letter, then confirm or refuse it, or see that a colleague does: GET /api/referral-letters.',
  blockedRecipient: ({ caseId, subjectId }) =>
    `The file bars a recipient that was told before: it sees the case no more and can answer nothing. Read what it holds and owes (blockedRecipients in GET /api/cases/${caseId}), and have two persons close what is open: POST /api/referrals/${subjectId}/closings.`,
  closingConfirmation: ({ caseId }) =>
    `A second person is needed: somebody asked to close what is open towards a recipient that the file bars. Read why, then confirm or refuse it, or see that a colleague does: blockedRecipients in GET /api/cases/${caseId} names both addresses.`,
  correctionDecision: ({ caseId }) =>
    `Propose, for each allegation, whether suspicion remains after the correction: GET /api/cases/${caseId}/corrections.`,
};

/** What waits for the person who asks, most urgent first. */
@Injectable()
export class TasksService {
  constructor(
    private readonly database: Database,
    private readonly workflows: WorkflowsService,
  ) {}

  async mine(actor: Actor, query: PageQuery): Promise<Page<TaskDto>> {
    const after = readCursor(query.cursor, ['at', 'id']);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      tx.rows<TaskRow>(MINE, [after?.['at'] ?? null, after?.['id'] ?? null, query.limit + 1], 'tasks_mine'),
    );
    return pageOf(
      rows,
      query.limit,
      (row) => this.view(row, actor),
      ({ cursor_at, id }) => ({ at: cursor_at, id }),
    );
  }

  private view(row: TaskRow, actor: Actor): TaskDto {
    return {
      id: row.id,
      kind: row.kind,
      what: whatOf(
        row,
        ANSWER.some((role) => actor.roles.includes(role)),
      ),
      whyYou: whyOf(row),
      case: row.case_id === null ? null : { id: row.case_id, reference: row.reference ?? '' },
      deadline:
        row.deadline === null || row.due_at === null || row.step === null
          ? null
          : {
              kind: row.deadline,
              subjectId: row.subject_id ?? '',
              dueAt: row.due_at.toISOString(),
              overdue: row.overdue === true,
              source: row.source ?? '',
              percent: row.step,
            },
      nextCommands: this.commandsFor(row, actor),
      since: row.created_at.toISOString(),
    };
  }

  private commandsFor(
    { deadline, subject, subject_id, workflow_hash, snapshot }: TaskRow,
    actor: Actor,
  ): NextCommandDto[] {
    const known = this.workflows.list().some(({ hash }) => hash === workflow_hash);
    if (!known || deadline === null || subject === null || workflow_hash === null || snapshot === null) return [];
    return meetingInEither(this.workflows.chartsOf(subject, workflow_hash), snapshot, deadline)
      .filter(({ by }) => by.some((role) => (actor.roles as readonly string[]).includes(role)))
      .map(({ type, label }) => ({ type, label, path: `/api/${subject}s/${subject_id ?? ''}/commands` }));
  }
}

/** Whom a fresh look is told to began nothing: they decided nothing. */
const whyOf = ({ because, deadline }: TaskRow): string =>
  because === 'seconds' && (deadline === 'reconsideration' || deadline === 'reopening')
    ? 'You decide in this unit and took no decision in this case: whoever did may not look at it afresh.'
    : WHY[because];

/** `mayAnswer`: what is asked about persons is for this person to answer. */
function whatOf(row: TaskRow, mayAnswer: boolean): string {
  const { kind, deadline, step, unit, case_id, subject_id, because } = row;
  switch (kind) {
    case 'deadline': {
      const toDo = TO_DO[deadline ?? '']?.({ caseId: case_id ?? '', subjectId: subject_id ?? '', mayAnswer, because });
      const passed = `The deadline "${deadline ?? ''}": ${PASSED[step || 100]}.`;
      return [step === 0 ? [] : passed, toDo ?? []].flat().join(' ');
    }
    case 'clockJumped':
      return 'The clock of the database jumped, and no deadline escalates. Set it right, or confirm it: f1 clock confirm --as <username>.';
    case 'deliveryLate':
      return 'Referrals have not arrived and their time runs out. See why in the delivery attempts, and f1 reconcile.';
    case 'personRequestLate':
      return 'A request about a person waits longer than its time. Legal advisers, decision-makers and the leads of the units have it on their lists: see that two of them answer it.';
    case 'nobodyResponsible':
      if (unit === null)
        return 'Nobody can be told of a request about a person or of a questionnaire in review: no account is a legal adviser or decision-maker, or an author other than its own, and no unit has a lead.';
      return `Nobody in the unit ${unit ?? ''} can be told of its deadlines. Name its lead in the settings: f1 apply.`;
    case 'settingsWait':
      return 'An operator asked to change where data leaves, and a second one must want the same: have the file shown to you, apply it without --as to see what it changes, then: f1 apply <file> --as <your account>. Left alone, it lapses.';
    case 'erasureWaits':
      return 'An operator asked for the erasure of a case, and a second one must want the same on the same basis. See which case and which basis: f1 keys erasures. Then f1 keys erase --case <reference> --basis <that basis> --as <your account>, or, where it is not to be erased, f1 keys keep --case <reference> --as <your account>.';
    case 'dutiesNotMet':
      return 'Duties to tell are not met, or what is stored is not what its history says. Each is named by: f1 reconcile. What each difference means is in docs/guides/proof.md; an auditor has them as GET /api/reconciliations/latest.html.';
    case 'blockedRecipient':
      return 'A recipient that a file bars was told of it before. The head of the unit has the task to close what is open towards it. GET /api/reconciliations/latest.html names by their ids what is held (blockedAfter) and what two persons closed (closedAsBlocked).';
    case 'sendingHeld':
      return 'Nothing is sent since a backup was restored. Check it with f1 reconcile and f1 audit verify, then: f1 resume-sending --as <username>.';
  }
}

/** $1, $2: after which due date and id; $3: how many. A case that the actor no longer sees takes its tasks along. */
const MINE = `
  SELECT t.id, t.kind, t.step, t.because, t.unit, t.created_at, d.kind AS deadline, d.due_at, d.due_at <= f1_now() AS overdue,
    d.source, c.id AS case_id, c.reference, d.subject_id, s.subject, s.workflow_hash, s.snapshot,
    to_char(coalesce(d.due_at, t.created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS cursor_at
  FROM task t LEFT JOIN deadline d ON d.id = t.deadline_id LEFT JOIN case_file c ON c.id = t.case_id
  LEFT JOIN LATERAL (
    SELECT 'case' AS subject, c.workflow_hash, c.snapshot WHERE c.id = d.subject_id
    UNION ALL SELECT 'interview', workflow_hash, snapshot FROM interview WHERE id = d.subject_id
    UNION ALL SELECT 'referral', workflow_hash, snapshot FROM referral WHERE id = d.subject_id
    UNION ALL SELECT 'questionnaire', workflow_hash, snapshot FROM questionnaire_version WHERE id = d.subject_id) s ON true
  WHERE t.assignee_id = f1_actor() AND t.done_at IS NULL AND (t.case_id IS NULL OR c.id IS NOT NULL)
    AND ($1::timestamptz IS NULL OR (coalesce(d.due_at, t.created_at), t.id) > ($1::timestamptz, $2::uuid))
  ORDER BY coalesce(d.due_at, t.created_at), t.id LIMIT $3`;
