import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';

const KINDS = ['exclusion', 'suspicion', 'account'] as const;
const OUTCOMES = ['approved', 'refused'] as const;

export class PackageQuery {
  @ApiProperty({ enum: KINDS, description: 'What the package would tell.' })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];
}

export class AskOverrideDto extends PackageQuery {
  @ApiProperty({ description: 'Why the package must leave without it; it travels with the package.' })
  @IsWords(10_000)
  reason!: string;
}

export class DecideOverrideDto {
  @ApiProperty({ enum: OUTCOMES })
  @IsIn(OUTCOMES)
  outcome!: (typeof OUTCOMES)[number];

  @ApiProperty({ description: 'Why; where it is approved, it travels with the package.' })
  @IsWords(10_000)
  reason!: string;
}

export class TranslationDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  interviewId!: string;

  @ApiProperty({ format: 'uuid', description: 'The revision of an answer, or the follow-up, that is translated.' })
  @IsUUID()
  statementId!: string;

  @ApiProperty({ example: 'en', description: 'Language of the translation.' })
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { message: 'must be a language tag such as en, fr or nl' })
  language!: string;

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  text!: string;

  @ApiProperty({ example: 'TRA-17', description: 'Number of the translator in the register, never a name.' })
  @Matches(/^(?=.*\d)[A-Za-z0-9./-]{1,40}$/, { message: 'must be a number in the register, such as TRA-17' })
  translator!: string;
}

export class UndisclosedDto {
  @ApiProperty({ description: 'What kind of source it is and why it refused; it never leaves this file.' })
  @IsWords(10_000)
  reason!: string;
}

export class Recorded {
  @ApiProperty({ format: 'uuid' })
  id!: string;
}

class GapView {
  @ApiProperty({ example: 'recordOpen' })
  code!: string;

  @ApiProperty({ description: 'Id of the interview, allegation or person it is about.' })
  subject!: string;

  @ApiProperty()
  sentence!: string;

  @ApiProperty({ description: 'Where and how to mend it.' })
  cure!: string;
}

class OverrideView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: [String], description: 'What was missing when it was asked.' })
  gaps!: string[];

  @ApiProperty()
  reason!: string;

  @ApiProperty()
  askedBy!: string;

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;

  @ApiProperty({ enum: OUTCOMES, nullable: true, type: String })
  outcome!: (typeof OUTCOMES)[number] | null;

  @ApiProperty({ nullable: true, type: String })
  decidedBy!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  decidedAt!: string | null;

  @ApiProperty({ description: 'It is about what is missing today, at this revision of the analysis.' })
  current!: boolean;
}

export class PackageCheckView {
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];

  @ApiProperty({ description: 'Nothing hinders a decision that obliges to tell.' })
  complete!: boolean;

  @ApiProperty({ type: [GapView], description: 'To be mended, or overridden by two people, before such a decision.' })
  missing!: readonly GapView[];

  @ApiProperty({ type: [GapView], description: 'Told in the package; hinders nothing.' })
  noted!: readonly GapView[];

  @ApiProperty()
  analysisRevision!: number;

  @ApiProperty({ type: [OverrideView] })
  overrides!: readonly OverrideView[];
}
