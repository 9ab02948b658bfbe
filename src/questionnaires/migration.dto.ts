import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsUUID, Matches } from 'class-validator';
import { IsWords } from '../platform/http/validators.js';

export class ProposeMigrationDto {
  @ApiPropertyOptional({ description: 'Id or hash of the version whose running interviews are to be moved here.' })
  @IsOptional()
  @Matches(/^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, {
    message: 'must be the id or the hash of a published version of this questionnaire',
  })
  from?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { questions: { job: { to: 'work', codes: { army: 'forces', spy: { dropped: 'Not asked any more.' } } } } },
    description: 'Where the answers to each question go that does not simply keep its id, type and codes.',
  })
  @IsOptional()
  @IsObject({ message: 'must be {"questions": {...}}' })
  mapping?: object;

  @ApiPropertyOptional({ format: 'uuid', description: 'Instead of both: the migration to take back.' })
  @IsOptional()
  @IsUUID()
  reverses?: string;

  @ApiProperty({ description: 'Why; whoever approves it reads it.' })
  @IsWords(10_000)
  reason!: string;
}

export class LostAnswersView {
  @ApiProperty()
  question!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty()
  answers!: number;
}

export class MovedInterviewView {
  @ApiProperty({ format: 'uuid' })
  interviewId!: string;

  @ApiProperty({ description: 'Answers that stay as they are.' })
  kept!: number;

  @ApiProperty({ description: 'Answers repeated under another question or code.' })
  moved!: number;

  @ApiProperty({ type: [LostAnswersView], description: 'No part of the interview any more; never removed.' })
  dropped!: readonly LostAnswersView[];

  @ApiProperty({ type: String, nullable: true, description: 'Why this interview cannot be moved by this mapping.' })
  refused!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null: it was tried, or left where it was.',
  })
  movedAt!: string | null;
}

export class MigrationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['proposed', 'dropped', 'approved', 'done'] })
  status!: string;

  @ApiProperty({ description: 'Hash of the version moved from.' })
  from!: string;

  @ApiProperty({ description: 'Hash of the version moved to.' })
  to!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The migration that it takes back.' })
  reverses!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  mapping!: object;

  @ApiProperty()
  reason!: string;

  @ApiProperty()
  proposedBy!: string;

  @ApiProperty({ format: 'date-time' })
  proposedAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it had been tried on every live interview.',
  })
  triedAt!: string | null;

  @ApiProperty({ type: String, nullable: true })
  decidedBy!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  doneAt!: string | null;

  @ApiProperty({ type: [MovedInterviewView], description: 'Numbers only: no author sees an interview.' })
  interviews!: readonly MovedInterviewView[];
}

export class MigrationList {
  @ApiProperty({ type: [MigrationView] })
  items!: readonly MigrationView[];
}
