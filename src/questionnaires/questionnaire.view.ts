import { ApiProperty } from '@nestjs/swagger';
import type { Text } from '../domain/questionnaire/format.js';
import type { QuestionnaireRow } from './questionnaire.store.js';

export class QuestionnaireSummaryView {
  @ApiProperty({ description: 'SHA-256 of the canonical files it was compiled from; interviews are pinned to it.' })
  hash!: string;

  @ApiProperty({ example: 'RW-screening' })
  code!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ example: 'RW' })
  pack!: string;

  @ApiProperty({ enum: ['screening', 'exclusion', 'witness'] })
  purpose!: string;

  @ApiProperty({ type: [String], example: ['RW'], description: 'Countries of origin; empty: those without a pack.' })
  countries!: string[];

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'By language tag.' })
  title!: Text;

  @ApiProperty({ format: 'date-time' })
  publishedAt!: string;
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

export class QuestionnaireView extends QuestionnaireSummaryView {
  @ApiProperty({ type: [SourceFileView], description: 'The questionnaire, its modules and its reference data.' })
  files!: readonly SourceFileView[];
}

export const questionnaireSummary = (row: QuestionnaireRow): QuestionnaireSummaryView => ({
  hash: row.hash,
  code: row.code,
  version: row.version,
  pack: row.pack,
  purpose: row.purpose,
  countries: [...row.countries],
  title: row.title,
  publishedAt: row.published_at.toISOString(),
});
