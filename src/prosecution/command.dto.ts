import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import type { ClassConstructor } from 'class-transformer';
import {
  type FeedbackKind,
  feedbackKinds,
  type FeedbackOutcome,
  feedbackOutcomes,
} from '../domain/referral/feedback.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsWords } from '../platform/http/validators.js';

const FEEDBACK = Object.keys(feedbackKinds) as FeedbackKind[];
const OUTCOMES = Object.keys(feedbackOutcomes) as FeedbackOutcome[];
export const CORRECTION_ANSWERS = ['erased', 'restricted', 'retainedAsEvidence'] as const;
export type CorrectionAnswer = (typeof CORRECTION_ANSWERS)[number];

const legend = (words: Readonly<Record<string, { says: string }>>): string =>
  Object.entries(words)
    .map(([name, { says }]) => `${name}: ${says}`)
    .join(' ');

export class AcknowledgeDto {
  @ApiProperty({ enum: ['ACKNOWLEDGE'] })
  @IsIn(['ACKNOWLEDGE'])
  type!: 'ACKNOWLEDGE';

  @ApiPropertyOptional({
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    description: 'SHA-256 of the package that was read; asked for since version 2 of the workflow of referrals.',
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a SHA-256 in hex, as packageSha256 shows it' })
  packageSha256?: string;

  @ApiPropertyOptional({ maxLength: 4000 })
  @IsOptional()
  @IsWords(4000)
  note?: string;
}

export class ConcludeReferralDto {
  @ApiProperty({ enum: ['CONCLUDE_REFERRAL'], description: 'For referrals begun under version 1 of their workflow.' })
  @IsIn(['CONCLUDE_REFERRAL'])
  type!: 'CONCLUDE_REFERRAL';

  @ApiPropertyOptional({ maxLength: 4000, description: 'What became of it; kept in the referral’s history.' })
  @IsOptional()
  @IsWords(4000)
  note?: string;
}

export class GiveFeedbackDto {
  @ApiProperty({ enum: ['GIVE_FEEDBACK'] })
  @IsIn(['GIVE_FEEDBACK'])
  type!: 'GIVE_FEEDBACK';

  @ApiProperty({ enum: FEEDBACK, description: legend(feedbackKinds) })
  @IsIn(FEEDBACK)
  feedback!: FeedbackKind;

  @ApiPropertyOptional({ enum: OUTCOMES, description: `For feedback of kind outcome. ${legend(feedbackOutcomes)}` })
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: FeedbackOutcome;

  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  text!: string;

  @ApiPropertyOptional({ type: [String], description: 'What the file lacks, for feedback of kind incomplete.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsWords(500, { each: true })
  missing: string[] = [];

  @ApiPropertyOptional({
    type: [String],
    description: 'Questions it is about, by their ids in the package; shown to those who write questionnaires.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,199}$/, { each: true, message: 'must be ids of questions' })
  questionIds: string[] = [];
}

export class AnswerCorrectionDto {
  @ApiProperty({ enum: ['ANSWER_CORRECTION'] })
  @IsIn(['ANSWER_CORRECTION'])
  type!: 'ANSWER_CORRECTION';

  @ApiProperty({ enum: CORRECTION_ANSWERS, description: 'What was done with what the correction names.' })
  @IsIn(CORRECTION_ANSWERS)
  answer!: CorrectionAnswer;

  @ApiProperty({ maxLength: 1000, description: 'Under which law.' })
  @IsWords(1000)
  law!: string;

  @ApiPropertyOptional({ maxLength: 4000 })
  @IsOptional()
  @IsWords(4000)
  note?: string;
}

export type ReferralCommandDto = AcknowledgeDto | ConcludeReferralDto | GiveFeedbackDto | AnswerCorrectionDto;

export const REFERRAL_COMMANDS: CommandRegistry = new Map<string, ClassConstructor<ReferralCommandDto>>([
  ['ACKNOWLEDGE', AcknowledgeDto],
  ['CONCLUDE_REFERRAL', ConcludeReferralDto],
  ['GIVE_FEEDBACK', GiveFeedbackDto],
  ['ANSWER_CORRECTION', AnswerCorrectionDto],
]);
