import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateIf, ValidateNested } from 'class-validator';
import { IsWords } from '../platform/http/validators.js';
import { Item, VerbatimDto, WordsOrVerbatim } from './answer.dto.js';

const STATUSES = ['unknown', 'refused'] as const;

/** A question of the officer's own during the interview, under the question it follows up. */
export class FollowUpDto {
  @ApiProperty({ example: 'violencePosition', description: 'The question it follows up; it must be open.' })
  @IsString()
  @MaxLength(200)
  questionId!: string;

  @Item()
  item?: number | number[];

  @ApiProperty({ description: 'The words in which it was asked.' })
  @IsWords(5_000)
  asked!: string;

  @ApiPropertyOptional({ type: VerbatimDto, description: 'The words as said; text alone is the original.' })
  @ValidateIf(({ answer, status }: FollowUpDto) => answer !== undefined || status === undefined)
  @WordsOrVerbatim()
  @IsObject({ message: 'must be the words as said; when nothing was said send a status (unknown, refused)' })
  @ValidateNested()
  answer?: VerbatimDto;

  @ApiPropertyOptional({ enum: STATUSES, description: 'Instead of an answer.' })
  @IsOptional()
  @IsIn(STATUSES)
  status?: (typeof STATUSES)[number];
}

export class DisputeDto {
  @ApiProperty({ description: 'Why the indicator says nothing of this person.' })
  @IsWords(10_000)
  reason!: string;
}

export class FollowUpView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  questionId!: string;

  @ApiPropertyOptional({ type: [Number] })
  item?: readonly number[];

  @ApiProperty({ description: 'The words in which it was asked.' })
  asked!: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'The words as said.' })
  answer?: object;

  @ApiPropertyOptional({ enum: STATUSES })
  status?: (typeof STATUSES)[number];

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class RecordedFollowUpView {
  @ApiProperty({ type: FollowUpView })
  followUp!: FollowUpView;

  @ApiProperty({ description: 'Version of the interview after it.' })
  version!: number;
}

export class DisputeView {
  @ApiProperty()
  reason!: string;

  @ApiProperty()
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class DisputedIndicatorView {
  @ApiProperty()
  indicatorId!: string;

  @ApiProperty({ type: [DisputeView], description: 'Every dispute, oldest first; the indicator stays raised.' })
  disputed!: readonly DisputeView[];
}
