import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsUUID,
} from 'class-validator';
import { IsWords } from '../platform/http/validators.js';

const CATEGORIES = ['victim', 'witness'] as const;
const STATES = ['given', 'waiting', 'referred', 'revoked'] as const;

export class AgreementDto {
  @ApiProperty({ enum: CATEGORIES, description: 'As what the person speaks.' })
  @IsIn(CATEGORIES)
  category!: (typeof CATEGORIES)[number];

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  interviewId!: string;

  @ApiProperty({
    type: [String],
    description: 'The questions whose answers may be transmitted; nothing else of the file is.',
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsWords(200, { each: true })
  questionIds!: string[];

  @ApiProperty({ description: 'What was agreed to, as it was read out.' })
  @IsWords(20_000)
  text!: string;

  @ApiProperty({ example: 'account-agreement 2026-06', description: 'Version of that text.' })
  @IsWords(200)
  textVersion!: string;

  @ApiProperty({ example: 'rw', description: 'Language in which it was read out.' })
  @IsWords(35)
  language!: string;

  @ApiProperty({ description: 'Who read it out, or the interpreter by number.' })
  @IsWords(300)
  readBy!: string;

  @ApiProperty({ format: 'date-time' })
  @IsISO8601({ strict: true })
  givenAt!: string;

  @ApiPropertyOptional({ description: 'The representative who gave it for a child, by name and capacity.' })
  @IsOptional()
  @IsWords(500)
  representative?: string;
}

export class AccountRecipientView {
  @ApiProperty({ description: 'Code of the authority.' })
  authority!: string;

  @ApiProperty({
    description:
      'It acknowledged the account, somebody there was given access, or it arrived elsewhere than in our inbox.',
  })
  used!: boolean;

  @ApiProperty({ description: 'It was called back.' })
  recalled!: boolean;
}

export class AgreementView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: CATEGORIES })
  category!: string;

  @ApiProperty({ format: 'uuid' })
  interviewId!: string;

  @ApiProperty({ type: [String] })
  questionIds!: string[];

  @ApiProperty()
  text!: string;

  @ApiProperty()
  textVersion!: string;

  @ApiProperty()
  language!: string;

  @ApiProperty()
  readBy!: string;

  @ApiProperty({ format: 'date-time' })
  givenAt!: string;

  @ApiProperty({ nullable: true, type: String })
  representative!: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;

  @ApiProperty({ enum: STATES })
  state!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  revokedAt!: string | null;

  @ApiProperty({ type: [AccountRecipientView] })
  recipients!: AccountRecipientView[];

  @ApiProperty({
    description: 'How far the agreement can still be taken back, or what a revocation did, as a sentence.',
  })
  says!: string;
}

export class AgreementsView {
  @ApiProperty({ type: [AgreementView] })
  items!: AgreementView[];
}
