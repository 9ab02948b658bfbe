import { ApiProperty } from '@nestjs/swagger';
import type { DataKey } from '../platform/database/sealing.js';
import type { Actor } from '../platform/http/actor.js';

const KINDS = ['country', 'persecutionActor', 'thirdPerson'] as const;
const OUTCOMES = ['confirmed', 'refused', 'withdrawn'] as const;

export interface UnblockingRow {
  readonly id: string;
  readonly kind: (typeof KINDS)[number];
  readonly subject_id: string;
  readonly country: string | null;
  readonly link: string | null;
  readonly asked_by: string;
  readonly asker: string;
  readonly asked_at: Date;
  readonly outcome: (typeof OUTCOMES)[number] | null;
  readonly ender: string | null;
  readonly ended_at: Date | null;
  readonly asked_seq: number | null;
  readonly asked_payload: Buffer | null;
  readonly ended_seq: number | null;
  readonly ended_payload: Buffer | null;
}

export class UnblockingView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: KINDS, description: 'What bars: a country of the applicant, or a row of the file.' })
  kind!: (typeof KINDS)[number];

  @ApiProperty({ format: 'uuid', description: 'The applicant, the actor of persecution or the third person.' })
  subjectId!: string;

  @ApiProperty({ nullable: true, type: String, example: 'CD' })
  country!: string | null;

  @ApiProperty({ nullable: true, type: String, enum: ['nationality', 'residence', 'origin'] })
  link!: string | null;

  @ApiProperty({ description: 'A name.' })
  askedBy!: string;

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;

  @ApiProperty({ nullable: true, type: String, description: 'Why it was asked.' })
  reason!: string | null;

  @ApiProperty({ enum: OUTCOMES, nullable: true, type: String, description: 'null: it waits for a second person.' })
  outcome!: (typeof OUTCOMES)[number] | null;

  @ApiProperty({ nullable: true, type: String, description: 'Who ended it: a name.' })
  endedBy!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  endedAt!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'Why it ended so.' })
  endReason!: string | null;

  @ApiProperty({ type: [String], description: 'What you may do about it, and where.' })
  next!: readonly string[];
}

export class UnblockingList {
  @ApiProperty({ type: [UnblockingView] })
  items!: readonly UnblockingView[];
}

export function viewOf(row: UnblockingRow, actor: Actor, caseId: string, key: DataKey): UnblockingView {
  const reasonOf = (seq: number | null, payload: Buffer | null): string | null =>
    seq === null || payload === null ? null : key.open<{ reason: string }>(payload, `event:${caseId}:${seq}`).reason;
  return {
    id: row.id,
    kind: row.kind,
    subjectId: row.subject_id,
    country: row.country,
    link: row.link,
    askedBy: row.asker,
    askedAt: row.asked_at.toISOString(),
    reason: reasonOf(row.asked_seq, row.asked_payload),
    outcome: row.outcome,
    endedBy: row.ender,
    endedAt: row.ended_at?.toISOString() ?? null,
    endReason: reasonOf(row.ended_seq, row.ended_payload),
    next: row.outcome === null ? nextOf(row, actor, caseId) : [],
  };
}

function nextOf(
  { id, kind, subject_id: subject, country, asked_by: askedBy }: UnblockingRow,
  actor: Actor,
  caseId: string,
) {
  const path = `/api/cases/${caseId}`;
  if (askedBy === actor.id) return [`Take it back: POST ${path}/unblockings/${id}/withdrawal.`];
  const confirm = {
    country: `PUT ${path}/applicant, with ${country ?? ''} in unblocks`,
    persecutionActor: `POST ${path}/persecution-actors/${subject}/withdrawal`,
    thirdPerson: `POST ${path}/third-persons/${subject}/withdraw`,
  };
  return [
    `Confirm it, so that its recipients are barred no longer: ${confirm[kind]}.`,
    `Refuse it: POST ${path}/unblockings/${id}/refusal.`,
  ];
}
