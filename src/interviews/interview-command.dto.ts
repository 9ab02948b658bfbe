import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type, type ClassConstructor } from 'class-transformer';
import { Equals, IsBoolean, IsIn, IsInt, IsObject, IsOptional, Matches, ValidateNested } from 'class-validator';
import type { InterviewCommandType } from '../domain/workflow/vocabulary/interview.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';

export const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

const PLAIN = [
  'RESUME_AFTER_CAUTION',
  'FINISH_QUESTIONS',
  'BACK_TO_QUESTIONS',
] as const satisfies readonly InterviewCommandType[];
const REASONED = ['PAUSE_FOR_CAUTION', 'ABANDON_INTERVIEW'] as const satisfies readonly InterviewCommandType[];
const GIVE_NOTICE = ['GIVE_NOTICE'] as const satisfies readonly InterviewCommandType[];
const START = ['START_INTERVIEW'] as const satisfies readonly InterviewCommandType[];
const SEAL = ['SEAL_INTERVIEW'] as const satisfies readonly InterviewCommandType[];
const COMMENT = ['ADD_COMMENT'] as const satisfies readonly InterviewCommandType[];
const SPEAKERS = ['applicant', 'counsel', 'representative'] as const;

export class InterpreterDto {
  @ApiProperty({ example: 'INT-204', description: 'Number in the register of interpreters, never a name.' })
  @Matches(/^(?=.*\d)[A-Za-z0-9./-]{1,40}$/, {
    message: 'must be the number of the interpreter in the register, such as INT-204, never a name',
  })
  reference!: string;

  @ApiProperty({ description: 'The applicant and the interpreter understand each other.' })
  @IsBoolean()
  confirmed!: boolean;
}

export class GiveNotice {
  @ApiProperty({ enum: GIVE_NOTICE })
  @IsIn(GIVE_NOTICE)
  type!: 'GIVE_NOTICE';

  @ApiProperty({ example: 'rw', description: 'Language in which it was given or interpreted.' })
  @Matches(LANGUAGE_TAG, { message: 'must be a language tag such as en, rw or ar' })
  language!: string;

  @ApiPropertyOptional({ description: 'Version of the notice text that was given; the current one when not said.' })
  @IsOptional()
  @IsInt()
  version?: number;

  @ApiProperty({ description: 'The applicant acknowledged it; if not, say why in `refusalReason`.' })
  @IsBoolean()
  acknowledged!: boolean;

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  refusalReason?: string;

  @ApiProperty({ description: 'The applicant was told that the interview is recorded as sound.' })
  @IsBoolean()
  recordingAnnounced!: boolean;

  @ApiProperty({ description: 'The applicant was told that facts may be transmitted, to whom and why.' })
  @IsBoolean()
  transmissionTold!: boolean;

  @ApiPropertyOptional({ type: InterpreterDto, description: 'Absent: no interpreter is needed.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => InterpreterDto)
  interpreter?: InterpreterDto;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  representativePresent?: boolean;

  @ApiPropertyOptional({ description: 'Counsel is present.' })
  @IsOptional()
  @IsBoolean()
  counselPresent?: boolean;
}

/** What was said with the notice holds, unless it is said anew here. */
export class StartInterview {
  @ApiProperty({ enum: START })
  @IsIn(START)
  type!: 'START_INTERVIEW';

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  recordingAnnounced?: boolean;

  @ApiPropertyOptional({ type: InterpreterDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => InterpreterDto)
  interpreter?: InterpreterDto;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  representativePresent?: boolean;

  @ApiPropertyOptional({ description: 'Counsel is present.' })
  @IsOptional()
  @IsBoolean()
  counselPresent?: boolean;
}

/** A step that needs no words. */
export class PlainInterviewStep {
  @ApiProperty({ enum: PLAIN })
  @IsIn(PLAIN)
  type!: (typeof PLAIN)[number];
}

/** A step that must say why. */
export class InterviewStepWithReason {
  @ApiProperty({ enum: REASONED })
  @IsIn(REASONED)
  type!: (typeof REASONED)[number];

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reason!: string;
}

export class SealInterview {
  @ApiProperty({ enum: SEAL })
  @IsIn(SEAL)
  type!: 'SEAL_INTERVIEW';

  @ApiProperty({ description: 'The record was read back to the applicant.' })
  @IsBoolean()
  @Equals(true, { message: 'must be true: the record is read back before it is sealed' })
  readBack!: boolean;

  @ApiProperty({ enum: ['confirmed', 'refused'] })
  @IsIn(['confirmed', 'refused'])
  confirmation!: 'confirmed' | 'refused';

  @ApiPropertyOptional({ description: 'Why the applicant refused to confirm the record.' })
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  reasons?: string;

  @ApiPropertyOptional({ description: 'What the applicant said about the record.' })
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  comments?: string;
}

export class AddComment {
  @ApiProperty({ enum: COMMENT })
  @IsIn(COMMENT)
  type!: 'ADD_COMMENT';

  @ApiProperty({ description: 'What the applicant, counsel or the representative said about the record.' })
  @IsWords(LONGEST_TEXT)
  text!: string;

  @ApiPropertyOptional({ enum: SPEAKERS, default: 'applicant' })
  @IsOptional()
  @IsIn(SPEAKERS)
  from?: (typeof SPEAKERS)[number];
}

export type InterviewCommandDto =
  GiveNotice | StartInterview | PlainInterviewStep | InterviewStepWithReason | SealInterview | AddComment;

const BY_CLASS: readonly (readonly [ClassConstructor<InterviewCommandDto>, readonly InterviewCommandType[]])[] = [
  [GiveNotice, GIVE_NOTICE],
  [StartInterview, START],
  [PlainInterviewStep, PLAIN],
  [InterviewStepWithReason, REASONED],
  [SealInterview, SEAL],
  [AddComment, COMMENT],
];

export const INTERVIEW_COMMANDS: CommandRegistry = new Map(
  BY_CLASS.flatMap(([dto, types]) => types.map((type) => [type, dto] as const)),
);

/** Commands of the chart that have an endpoint of their own, and which. */
export const ELSEWHERE: Partial<Record<InterviewCommandType, string>> = {
  RECORD_ANSWER: 'POST /api/interviews/{id}/answers',
};
