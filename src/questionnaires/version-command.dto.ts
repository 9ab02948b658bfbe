import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ClassConstructor } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import type { QuestionnaireCommandType } from '../domain/workflow/vocabulary/questionnaire.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsWords } from '../platform/http/validators.js';

const PLAIN = [
  'SUBMIT_FOR_APPROVAL',
  'PUBLISH_QUESTIONNAIRE',
  'DISCARD_DRAFT',
  'MIGRATE',
] as const satisfies readonly QuestionnaireCommandType[];
const REASONED = [
  'RETURN_QUESTIONNAIRE',
  'RETIRE_QUESTIONNAIRE',
  'DROP_MIGRATION',
] as const satisfies readonly QuestionnaireCommandType[];
const APPROVE = ['APPROVE_QUESTIONNAIRE'] as const satisfies readonly QuestionnaireCommandType[];

export class PlainVersionCommand {
  @ApiProperty({ enum: PLAIN })
  @IsIn(PLAIN)
  type!: (typeof PLAIN)[number];
}

export class ReasonedVersionCommand {
  @ApiProperty({ enum: REASONED })
  @IsIn(REASONED)
  type!: (typeof REASONED)[number];

  @ApiProperty({ description: 'Why; its authors read it.' })
  @IsWords(10_000)
  reason!: string;
}

export class ApproveQuestionnaire {
  @ApiProperty({ enum: APPROVE })
  @IsIn(APPROVE)
  type!: 'APPROVE_QUESTIONNAIRE';

  @ApiPropertyOptional({
    description:
      'The hash of the difference you looked at, from GET /api/questionnaires/{id}/difference; not for a first version.',
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be the 64 characters of the "hash" of the difference' })
  differenceHash?: string;

  @ApiPropertyOptional({ description: 'What you looked at, and why it may be used.' })
  @IsOptional()
  @IsWords(10_000)
  reason?: string;
}

export type VersionCommandDto = PlainVersionCommand | ReasonedVersionCommand | ApproveQuestionnaire;

const all = (types: readonly string[], dto: ClassConstructor<{ type: string }>) =>
  types.map((type) => [type, dto] as const);

export const VERSION_COMMANDS: CommandRegistry = new Map([
  ...all(PLAIN, PlainVersionCommand),
  ...all(REASONED, ReasonedVersionCommand),
  ...all(APPROVE, ApproveQuestionnaire),
]);
