import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ClassConstructor, Type } from 'class-transformer';
import { IsISO8601, IsObject, IsOptional, IsUUID, Matches, ValidateNested } from 'class-validator';
import type { CommandRegistry } from '../../platform/http/command.pipe.js';
import { IsWords } from '../../platform/http/validators.js';
import { AcknowledgeDto, AnswerCorrectionDto, GiveFeedbackDto } from '../command.dto.js';

export const LETTER_SAYS = ['ACKNOWLEDGE', 'GIVE_FEEDBACK', 'ANSWER_CORRECTION'] as const;
export const LETTER_OUTCOMES = ['recorded', 'confirmed', 'refused'] as const;

/** The paper that it stands on. */
export class LetterDto {
  @ApiProperty({
    format: 'date',
    description: 'The date on the letter: not before the referral arrived, not after today.',
  })
  @IsISO8601({ strict: true })
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'must be a date such as 2026-11-20' })
  writtenOn!: string;

  @ApiProperty({ description: 'Who signed it, and in which office.' })
  @IsWords(300)
  signedBy!: string;

  @ApiPropertyOptional({ description: 'The sender’s own reference.' })
  @IsOptional()
  @IsWords(200)
  senderReference?: string;

  @ApiProperty({
    format: 'uuid',
    description: 'The scan of the letter, a document of the same case; not that of an advice of receipt.',
  })
  @IsUUID()
  documentId!: string;
}

const OnPaper = (): PropertyDecorator => (target, property) => {
  ApiProperty({ type: LetterDto })(target, property);
  IsObject()(target, property);
  ValidateNested()(target, property);
  Type(() => LetterDto)(target, property as string);
};

export class AcknowledgedOnPaperDto extends AcknowledgeDto {
  @OnPaper()
  letter!: LetterDto;
}

export class FeedbackOnPaperDto extends GiveFeedbackDto {
  @OnPaper()
  letter!: LetterDto;
}

export class CorrectionAnsweredOnPaperDto extends AnswerCorrectionDto {
  @OnPaper()
  letter!: LetterDto;
}

export type RecordLetterDto = AcknowledgedOnPaperDto | FeedbackOnPaperDto | CorrectionAnsweredOnPaperDto;

export const LETTERS: CommandRegistry = new Map<string, ClassConstructor<RecordLetterDto>>([
  ['ACKNOWLEDGE', AcknowledgedOnPaperDto],
  ['GIVE_FEEDBACK', FeedbackOnPaperDto],
  ['ANSWER_CORRECTION', CorrectionAnsweredOnPaperDto],
]);

export class RefuseLetterDto {
  @ApiProperty({ description: 'Why it is not what the letter says; kept in the referral’s history.' })
  @IsWords(4000)
  reason!: string;
}

export class WaitingLetterView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  referralId!: string;

  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty()
  caseReference!: string;

  @ApiProperty({ description: 'Code of the authority that wrote it.' })
  onBehalfOf!: string;

  @ApiProperty({ enum: LETTER_SAYS })
  says!: (typeof LETTER_SAYS)[number];

  @ApiProperty({ format: 'date' })
  writtenOn!: string;

  @ApiProperty({ description: 'Who recorded it: a name. Somebody else confirms or refuses it.' })
  recordedBy!: string;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;
}

export class WaitingLetterPage {
  @ApiProperty({ type: [WaitingLetterView] })
  items!: readonly WaitingLetterView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export class LetterView extends WaitingLetterView {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The command that it stands for.' })
  command!: Readonly<Record<string, unknown>>;

  @ApiProperty()
  signedBy!: string;

  @ApiProperty({ nullable: true, type: String })
  senderReference!: string | null;

  @ApiProperty({ format: 'uuid', description: 'The scan.' })
  documentId!: string;

  @ApiProperty({
    enum: LETTER_OUTCOMES,
    nullable: true,
    type: String,
    description:
      'recorded: it needed nobody else, and counts. null: it waits for a second person, and counts for nothing yet.',
  })
  outcome!: (typeof LETTER_OUTCOMES)[number] | null;

  @ApiProperty({ nullable: true, type: String, description: 'The second person: a name.' })
  decidedBy!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  decidedAt!: string | null;

  @ApiProperty({ nullable: true, type: String })
  refusedBecause!: string | null;
}

export class LetterList {
  @ApiProperty({ type: [LetterView] })
  items!: readonly LetterView[];
}
