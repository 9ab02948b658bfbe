import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { holdKinds, holdsThatStop } from '../domain/referral/hold.js';
import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import type { AllowedCommand, Position } from '../domain/workflow/decide.js';
import type { CaseCommandType } from '../domain/workflow/vocabulary/case.js';
import type { Applicant } from './applicant.js';
import { BlockedRecipientView } from './blocked-recipients.view.js';
import type { AssignmentRow, CaseRow, DeadlineRow, HoldRow, ObligationRow } from './case.store.js';
import { ELSEWHERE } from './case-command.dto.js';
import type { OpenTrack } from './prosecution-track.store.js';
import { ProsecutionTrackView, trackView } from './prosecution-track.view.js';
import { ApplicantDto } from './register-case.dto.js';

export class WorkflowRef {
  @ApiProperty({ example: 'case' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty()
  hash!: string;
}

export class AllowedCommandView {
  @ApiProperty({ example: 'ACCEPT_TRIAGE' })
  type!: string;

  @ApiProperty()
  label!: string;

  @ApiProperty()
  allowed!: boolean;

  @ApiProperty({ type: [String], description: 'What stands in the way, as sentences.' })
  because!: string[];

  @ApiPropertyOptional({ description: 'The endpoint it goes through, where it has one of its own.' })
  via?: string;
}

export class DeadlineView {
  @ApiProperty({ example: 'triage' })
  kind!: string;

  @ApiProperty({ format: 'date-time' })
  dueAt!: string;

  @ApiProperty()
  overdue!: boolean;

  @ApiProperty({ description: 'Its legal source, or "house rule".' })
  source!: string;
}

export class ObligationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['exclusion', 'suspicion', 'account', 'correction'] })
  kind!: string;

  @ApiProperty({ format: 'uuid', description: 'The decision, suspicion decision or correction that obliges.' })
  causeId!: string;

  @ApiProperty()
  authority!: string;

  @ApiProperty()
  legalBasis!: string;

  @ApiProperty({ format: 'date-time' })
  dueAt!: string;

  @ApiProperty({
    enum: ['due', 'recalled', 'received', 'acknowledged'],
    description: 'recalled: a correction called it back before it was received, and it leaves no more.',
  })
  state!: 'due' | 'recalled' | 'received' | 'acknowledged';

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  receivedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  acknowledgedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  correctedAt!: string | null;
}

export class DutiesView {
  @ApiProperty({ type: [String], description: 'What the law attaches to the present state.' })
  tags!: string[];

  @ApiProperty({ type: [String], description: 'What is awaited now.' })
  waitingFor!: string[];

  @ApiProperty({ type: [DeadlineView] })
  deadlines!: DeadlineView[];

  @ApiProperty({ type: [ObligationView] })
  obligations!: ObligationView[];
}

export class AssignmentView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  role!: string;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ format: 'date-time' })
  assignedAt!: string;
}

export class LiveHoldView {
  @ApiProperty()
  kind!: string;

  @ApiProperty({ description: 'What officers must do or leave while it lasts.' })
  says!: string;

  @ApiProperty({ format: 'date-time' })
  until!: string;
}

export class CaseView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'F1-2026-000001' })
  reference!: string;

  @ApiProperty({ description: 'The ETag; send it as If-Match with a command.' })
  version!: number;

  @ApiProperty({ type: WorkflowRef })
  workflow!: WorkflowRef;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'State of each region.' })
  state!: Record<string, string>;

  @ApiProperty({ example: 'triage' })
  stage!: string;

  @ApiProperty({ type: DutiesView })
  duties!: DutiesView;

  @ApiProperty({
    type: [BlockedRecipientView],
    description:
      'What recipients that the file bars were referred before: what each holds and owes, and what is to be done.',
  })
  blockedRecipients!: BlockedRecipientView[];

  @ApiProperty({
    type: ProsecutionTrackView,
    nullable: true,
    description: 'Extradite or prosecute, while that is open: the person is excluded and cannot be removed.',
  })
  prosecutionTrack!: ProsecutionTrackView | null;

  @ApiProperty({ type: [AllowedCommandView] })
  allowedCommands!: AllowedCommandView[];

  @ApiProperty({ type: [String], description: 'Purposes of the interviews the present state calls for.' })
  interviewPurposes!: string[];

  @ApiProperty({ type: ApplicantDto })
  applicant!: Applicant;

  @ApiProperty({ example: 'RW' })
  countryOfOrigin!: string;

  @ApiProperty()
  procedureType!: string;

  @ApiProperty({ nullable: true, type: String })
  externalReference!: string | null;

  @ApiProperty({ type: [String] })
  legacyIds!: string[];

  @ApiProperty()
  unit!: string;

  @ApiProperty({ type: [LiveHoldView], description: 'Holds that prosecutors were granted and that live now.' })
  holds!: LiveHoldView[];

  @ApiProperty({ type: [AssignmentView] })
  assignments!: AssignmentView[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export interface CaseViewParts {
  readonly record: CaseRow;
  readonly applicant: Applicant;
  readonly workflow: CompiledWorkflow;
  readonly position: Position;
  readonly allowed: readonly AllowedCommand[];
  readonly deadlines: readonly DeadlineRow[];
  readonly obligations: readonly ObligationRow[];
  readonly assignments: readonly AssignmentRow[];
  readonly holds: readonly HoldRow[];
  readonly blockedRecipients: readonly BlockedRecipientView[];
  readonly track: OpenTrack | undefined;
}

export function caseView({
  record,
  applicant,
  workflow,
  position,
  allowed,
  deadlines,
  obligations,
  assignments,
  blockedRecipients,
  track,
  holds,
}: CaseViewParts): CaseView {
  return {
    id: record.id,
    reference: record.reference,
    version: record.version,
    workflow: { id: workflow.id, version: workflow.version, hash: workflow.hash },
    state: Object.fromEntries(position.regions.map(({ region, state }) => [region, state])),
    stage: position.stage,
    duties: {
      tags: [...position.tags],
      waitingFor: [
        ...position.regions.flatMap(({ waitingFor }) => waitingFor),
        ...(deadlines.some(({ kind }) => kind === 'reconsideration') ? [reconsidering(record.id)] : []),
      ],
      deadlines: deadlines.map(({ kind, due_at, overdue, source }) => ({
        kind,
        dueAt: due_at.toISOString(),
        overdue,
        source,
      })),
      obligations: obligations.map(obligationView),
    },
    blockedRecipients: [...blockedRecipients],
    prosecutionTrack: track ? trackView(track) : null,
    allowedCommands: allowed.map(({ type, label, allowed: may, because }) => {
      const via = ELSEWHERE[type as CaseCommandType];
      const held = holds.filter(({ kind }) => holdsThatStop(type).includes(kind)).map(heldBack);
      return {
        type,
        label,
        allowed: may && held.length === 0,
        because: [...because, ...held],
        ...(via ? { via } : {}),
      };
    }),
    interviewPurposes: [...position.drives],
    applicant,
    countryOfOrigin: record.country_of_origin,
    procedureType: record.procedure_type,
    externalReference: record.external_reference,
    legacyIds: [...record.legacy_ids],
    unit: record.unit,
    holds: holds.map(({ kind, valid_until: until }) => ({
      kind,
      says: holdKinds[kind].says,
      until: until.toISOString(),
    })),
    assignments: assignments.map((row) => ({
      id: row.id,
      role: row.role,
      userId: row.user_id,
      name: row.display_name,
      assignedAt: row.assigned_at.toISOString(),
    })),
    createdAt: record.created_at.toISOString(),
  };
}

function obligationView(row: ObligationRow): ObligationView {
  return {
    id: row.id,
    kind: row.kind,
    causeId: row.cause_id,
    authority: row.authority,
    legalBasis: row.legal_basis,
    dueAt: row.due_at.toISOString(),
    state: stateOf(row),
    receivedAt: row.received_at?.toISOString() ?? null,
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    correctedAt: row.corrected_at?.toISOString() ?? null,
  };
}

function stateOf(row: ObligationRow): ObligationView['state'] {
  if (row.acknowledged_at) return 'acknowledged';
  if (row.received_at) return 'received';
  return row.suspended_at ? 'recalled' : 'due';
}

/** A recipient cleared the person: that has a row of its own, and no state in the chart of the case. */
const reconsidering = (caseId: string): string =>
  `Whether what was decided stands, now that a recipient cleared the person: a decision-maker who took no decision in the case decides it (GET /api/cases/${caseId}/reconsiderations).`;

const heldBack = ({ kind, valid_until: until }: HoldRow): string =>
  `A hold (${kind}) was granted on this case; it waits until ${until.toISOString()}, or until the hold is ended with reasons.`;
