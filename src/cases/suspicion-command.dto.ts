import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsUUID,
} from 'class-validator';
import type { CaseCommandType } from '../domain/workflow/vocabulary/case.js';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';
import { ByAllegation } from './by-allegation.decorator.js';

const PROPOSE_SUSPICION = ['PROPOSE_SUSPICION'] as const satisfies readonly CaseCommandType[];
const AFTER_CORRECTION = ['PROPOSE_AFTER_CORRECTION'] as const satisfies readonly CaseCommandType[];
const ERRORS_TOLD = ['CORRECT_FACTUAL_ERROR', 'REPORT_MISTAKEN_IDENTITY'] as const satisfies readonly CaseCommandType[];
const UNLAWFUL = ['REPORT_UNLAWFUL_TRANSMISSION'] as const satisfies readonly CaseCommandType[];

export class ProposeSuspicion {
  @ApiProperty({ enum: PROPOSE_SUSPICION })
  @IsIn(PROPOSE_SUSPICION)
  type!: (typeof PROPOSE_SUSPICION)[number];

  @ApiProperty({ description: 'Do the facts give rise to suspicion of a core international crime?' })
  @IsBoolean()
  suspicion!: boolean;

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    description: 'The allegations it is about, where the file has any.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  allegationIds: string[] = [];
}

export class RemainingSuspicion {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  allegationId!: string;

  @ApiProperty({ description: 'After the correction, does suspicion remain?' })
  @IsBoolean()
  remains!: boolean;

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

/** Whether, after a correction, suspicion remains: proposed for every allegation, and told to the recipients once confirmed. */
export class ProposeAfterCorrection {
  @ApiProperty({ enum: AFTER_CORRECTION })
  @IsIn(AFTER_CORRECTION)
  type!: (typeof AFTER_CORRECTION)[number];

  @ApiProperty({ description: 'Do the facts still give rise to suspicion of a core international crime?' })
  @IsBoolean()
  suspicion!: boolean;

  @ApiProperty({ description: 'Why, in words for the recipients too.' })
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiPropertyOptional({
    description:
      'After a mistaken identity, where suspicion remains: by what it was established anew who the person is. The recipients read it.',
  })
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  identityEstablished?: string;

  @ApiProperty({ type: [RemainingSuspicion], description: 'Every allegation of the file; none where it has none.' })
  @ByAllegation(() => RemainingSuspicion)
  allegations!: RemainingSuspicion[];
}

/** What was told must be corrected: every recipient of the case hears of it at once. */
export class CorrectWhatWasTold {
  @ApiProperty({ enum: ERRORS_TOLD })
  @IsIn(ERRORS_TOLD)
  type!: (typeof ERRORS_TOLD)[number];

  @ApiProperty({ description: 'What was wrong and what is right, in words for the recipients.' })
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

export class ReportUnlawfulTransmission {
  @ApiProperty({ enum: UNLAWFUL })
  @IsIn(UNLAWFUL)
  type!: (typeof UNLAWFUL)[number];

  @ApiProperty({ description: 'Why it was unlawful, in words for its recipients.' })
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiProperty({
    type: [String],
    format: 'uuid',
    description:
      'The referrals that must not have been transmitted; access to them is suspended, and only their recipients are told.',
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  referralIds!: string[];
}

/** What is suspected, and what was told although it was wrong. */
export const SUSPICION_COMMANDS = [
  [ProposeSuspicion, PROPOSE_SUSPICION],
  [ProposeAfterCorrection, AFTER_CORRECTION],
  [CorrectWhatWasTold, ERRORS_TOLD],
  [ReportUnlawfulTransmission, UNLAWFUL],
] as const;
