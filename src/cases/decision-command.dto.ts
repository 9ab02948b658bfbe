import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import type { CaseCommandType } from '../domain/workflow/vocabulary/case.js';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';
import { ByAllegation } from './by-allegation.decorator.js';

const DECISIONS = ['DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED'] as const satisfies readonly CaseCommandType[];
const APPEAL = ['APPEAL'] as const satisfies readonly CaseCommandType[];
const JUDGMENTS = ['UPHOLD_DECISION', 'QUASH', 'REMIT'] as const satisfies readonly CaseCommandType[];
const JUDGMENTS_BY_ALLEGATION = ['UPHOLD_PARTLY', 'REINSTATE'] as const satisfies readonly CaseCommandType[];

export class AllegationOutcome {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  allegationId!: string;

  @ApiProperty({ description: 'Does it stand?' })
  @IsBoolean()
  stands!: boolean;

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

export class Decide {
  @ApiProperty({ enum: DECISIONS })
  @IsIn(DECISIONS)
  type!: (typeof DECISIONS)[number];

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiProperty({
    type: [AllegationOutcome],
    description: 'Every allegation of the file, each on its ground and status.',
  })
  @ByAllegation(() => AllegationOutcome)
  allegations!: AllegationOutcome[];
}

export class Appeal {
  @ApiProperty({ enum: APPEAL })
  @IsIn(APPEAL)
  type!: (typeof APPEAL)[number];

  @ApiProperty({ example: 'Administrative Court' })
  @IsWords(300)
  court!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  grounds?: string;
}

export class Judgment {
  @ApiProperty({ enum: JUDGMENTS })
  @IsIn(JUDGMENTS)
  type!: (typeof JUDGMENTS)[number];

  @ApiProperty({ example: 'Administrative Court' })
  @IsWords(300)
  court!: string;

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiProperty({ description: 'The judgment cannot be appealed further.' })
  @IsBoolean()
  final!: boolean;
}

/** A judgment after which not every allegation stands as it did: each is stated anew. */
export class JudgmentByAllegation {
  @ApiProperty({ enum: JUDGMENTS_BY_ALLEGATION })
  @IsIn(JUDGMENTS_BY_ALLEGATION)
  type!: (typeof JUDGMENTS_BY_ALLEGATION)[number];

  @ApiProperty()
  @IsWords(300)
  court!: string;

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiProperty()
  @IsBoolean()
  final!: boolean;

  @ApiProperty({ type: [AllegationOutcome] })
  @ByAllegation(() => AllegationOutcome)
  allegations!: AllegationOutcome[];
}

/** What is decided on the allegations, and what a court makes of it. */
export const DECISION_COMMANDS = [
  [Decide, DECISIONS],
  [Appeal, APPEAL],
  [Judgment, JUDGMENTS],
  [JudgmentByAllegation, JUDGMENTS_BY_ALLEGATION],
] as const;
