import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Text } from '../domain/questionnaire/format.js';
import type { AllowedCommand } from '../domain/workflow/decide.js';
import type { VersionRow } from './version.store.js';

export const STAGES = ['draft', 'inReview', 'approved', 'published', 'retired', 'discarded'] as const;
export type Stage = (typeof STAGES)[number];

export class QuestionnaireSummaryView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'SHA-256 of the canonical files it was compiled from; interviews are pinned to it. null while it does not compile.',
  })
  hash!: string | null;

  @ApiProperty({ example: 'RW-screening' })
  code!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ enum: STAGES })
  stage!: string;

  @ApiProperty({ example: 'RW' })
  pack!: string;

  @ApiProperty({ enum: ['screening', 'exclusion', 'witness'] })
  purpose!: string;

  @ApiProperty({ type: [String], example: ['RW'], description: 'Countries of origin; empty: those without a pack.' })
  countries!: string[];

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'By language tag.' })
  title!: Text;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  publishedAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since then no new interview uses it.',
  })
  retiredAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'By when a second author is to approve it or return it.',
  })
  reviewDueAt!: string | null;
}

export class QuestionnairePage {
  @ApiProperty({ type: [QuestionnaireSummaryView] })
  items!: readonly QuestionnaireSummaryView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export class SourceFileView {
  @ApiProperty({ example: 'RW/screening.v1.json' })
  file!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  content!: unknown;
}

export class VersionCommandView {
  @ApiProperty()
  type!: string;

  @ApiProperty()
  label!: string;

  @ApiProperty()
  allowed!: boolean;

  @ApiProperty({ type: [String], description: 'What stands in the way.' })
  because!: readonly string[];
}

export class ApprovalView {
  @ApiProperty({ enum: ['approved', 'returned'] })
  outcome!: string;

  @ApiProperty()
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: String, nullable: true })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Hash of the published version it was compared with.' })
  against!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Hash of the difference that was looked at.' })
  differenceHash!: string | null;

  @ApiProperty({ description: 'Whether the files are still those.' })
  ofTheseFiles!: boolean;
}

/** What only authors and auditors are shown. */
export class LifeView {
  @ApiProperty({ type: [String] })
  authors!: readonly string[];

  @ApiProperty({ type: [ApprovalView], description: 'Oldest first.' })
  approvals!: readonly ApprovalView[];

  @ApiProperty({ type: [VersionCommandView] })
  allowedCommands!: readonly AllowedCommand[];
}

export class QuestionnaireView extends QuestionnaireSummaryView {
  @ApiProperty({
    type: [SourceFileView],
    description: 'The questionnaire, its modules and its reference data; of a draft also its pack file and scenarios.',
  })
  files!: readonly SourceFileView[];

  @ApiPropertyOptional({ type: LifeView, description: 'For authors and auditors.' })
  life?: LifeView;
}

export const questionnaireSummary = (row: VersionRow): QuestionnaireSummaryView => ({
  id: row.id,
  hash: row.hash,
  code: row.code,
  version: row.number,
  stage: row.stage,
  pack: row.pack,
  purpose: row.purpose,
  countries: [...row.countries],
  title: row.title,
  publishedAt: row.published_at?.toISOString() ?? null,
  retiredAt: row.retired_at?.toISOString() ?? null,
  reviewDueAt: row.review_due_at?.toISOString() ?? null,
});
