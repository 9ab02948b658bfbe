import { ApiProperty } from '@nestjs/swagger';

export const TASK_KINDS = [
  'deadline',
  'clockJumped',
  'deliveryLate',
  'personRequestLate',
  'nobodyResponsible',
  'sendingHeld',
  'settingsWait',
  'erasureWaits',
  'dutiesNotMet',
  'blockedRecipient',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export class TaskCaseDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  reference!: string;
}

export class TaskDeadlineDto {
  @ApiProperty({ example: 'triage' })
  kind!: string;

  @ApiProperty({
    format: 'uuid',
    description:
      'What it is about: the case, interview, referral, hold, request, reconsideration, asking to unblock, request about a person or questionnaire.',
  })
  subjectId!: string;

  @ApiProperty({ format: 'date-time' })
  dueAt!: string;

  @ApiProperty()
  overdue!: boolean;

  @ApiProperty({ description: 'Its legal source, or "house rule".' })
  source!: string;

  @ApiProperty({
    enum: [0, 50, 80, 100],
    description: 'How much of its time had passed when you were told last, in percent. 0: as it began.',
  })
  percent!: number;
}

export class NextCommandDto {
  @ApiProperty({ example: 'ACCEPT_TRIAGE' })
  type!: string;

  @ApiProperty()
  label!: string;

  @ApiProperty({ description: 'Where to send it.' })
  path!: string;
}

export class TaskDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: TASK_KINDS })
  kind!: TaskKind;

  @ApiProperty({ description: 'What waits, as a sentence.' })
  what!: string;

  @ApiProperty({ description: 'Why it is on your list, as a sentence.' })
  whyYou!: string;

  @ApiProperty({ type: TaskCaseDto, nullable: true, description: 'null: it belongs to no case.' })
  case!: TaskCaseDto | null;

  @ApiProperty({ type: TaskDeadlineDto, nullable: true })
  deadline!: TaskDeadlineDto | null;

  @ApiProperty({ type: [NextCommandDto], description: 'Commands of yours that would meet it in the present state.' })
  nextCommands!: readonly NextCommandDto[];

  @ApiProperty({ format: 'date-time' })
  since!: string;
}

export class TaskPageDto {
  @ApiProperty({ type: [TaskDto] })
  items!: readonly TaskDto[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}
