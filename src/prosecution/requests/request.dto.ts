import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import {
  type RequestKind,
  requestKinds,
  type RequestOutcome,
  requestOutcomes,
  type RequestRefusal,
  requestRefusals,
} from '../../domain/referral/request.js';
import { IsWords } from '../../platform/http/validators.js';

const KINDS = Object.keys(requestKinds) as Exclude<RequestKind, 'missing'>[];
const REFUSALS = Object.keys(requestRefusals) as RequestRefusal[];
const legend = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([name, says]) => `${name}: ${says}`)
    .join('; ');

export class AskMoreDto {
  @ApiProperty({ enum: KINDS, description: legend(requestKinds) })
  @IsIn(KINDS)
  kind!: Exclude<RequestKind, 'missing'>;

  @ApiProperty({ type: [String], description: 'The questions it is about, by their ids in the package.' })
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,199}$/, { each: true, message: 'must be ids of questions' })
  questionIds!: string[];

  @ApiProperty({ maxLength: 4000, description: 'What is asked for, and why.' })
  @IsWords(4000)
  text!: string;

  @ApiProperty({ maxLength: 1000, description: 'The law under which it is asked for.' })
  @IsWords(1000)
  legalBasis!: string;
}

export class AnswerRequestDto {
  @ApiProperty({ maxLength: 20_000, description: 'The answer in words, from what the file holds.' })
  @IsWords(20_000)
  text!: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Documents of the case that open with the referral from now on.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  documentIds: string[] = [];

  @ApiPropertyOptional({ type: [String], description: 'Recordings that open with the referral from now on.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  recordingIds: string[] = [];
}

export class RefuseRequestDto {
  @ApiProperty({ enum: REFUSALS, description: legend(requestRefusals) })
  @IsIn(REFUSALS)
  refusal!: RequestRefusal;

  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reasons!: string;
}

export class WithdrawRequestDto {
  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reasons!: string;
}

export class RequestAnswerView {
  @ApiProperty({ description: 'The answer, or the reasons of the refusal or withdrawal.' })
  text!: string;

  @ApiProperty({ type: [String], description: 'GET /api/referrals/:id/documents/:documentId' })
  documentIds!: readonly string[];

  @ApiProperty({ type: [String], description: 'GET /api/referrals/:id/recordings/:recordingId' })
  recordingIds!: readonly string[];
}

export class RequestView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  referralId!: string;

  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty({
    enum: [...KINDS, 'missing'],
    description: 'missing: feedback said that the file is incomplete, and asks for what it lists.',
  })
  kind!: RequestKind;

  @ApiProperty({
    format: 'uuid',
    nullable: true,
    type: String,
    description: 'The feedback that asks for what is missing.',
  })
  feedbackId!: string | null;

  @ApiProperty({ type: [String], description: 'What is missing, as the feedback lists it.' })
  missing!: readonly string[];

  @ApiProperty({ type: [String] })
  questionIds!: readonly string[];

  @ApiProperty()
  text!: string;

  @ApiProperty({ description: 'Of what is missing: that of the referral.' })
  legalBasis!: string;

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it must be answered.' })
  dueAt!: string;

  @ApiProperty({ enum: ['open', ...requestOutcomes] })
  state!: 'open' | RequestOutcome;

  @ApiProperty({ enum: REFUSALS, nullable: true, type: String })
  refusal!: RequestRefusal | null;

  @ApiProperty({ nullable: true, type: String, description: 'What the refusal means.' })
  says!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  answeredAt!: string | null;

  @ApiProperty({
    type: RequestAnswerView,
    nullable: true,
    description: 'Null while it is open, and for a recipient without a live grant.',
  })
  answer!: RequestAnswerView | null;
}

export class RequestList {
  @ApiProperty({ type: [RequestView] })
  items!: readonly RequestView[];
}
