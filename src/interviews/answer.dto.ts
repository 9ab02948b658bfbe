import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import {
  Allow,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
  registerDecorator,
} from 'class-validator';
import { STATUSES, type Status } from '../domain/questionnaire/scope.js';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';
import { LANGUAGE_TAG } from './interview-command.dto.js';

/** The words as said, beside a value: what the applicant said, what the interpreter made of it, or both. */
export class VerbatimDto {
  @ApiPropertyOptional({ description: 'Needed unless there are interpreted words.' })
  @ValidateIf(({ original, interpreted }: VerbatimDto) => original !== undefined || interpreted === undefined)
  @IsWords(LONGEST_TEXT)
  original?: string;

  @ApiPropertyOptional({ example: 'rw' })
  @IsOptional()
  @Matches(LANGUAGE_TAG, { message: 'must be a language tag such as en, rw or ar' })
  originalLanguage?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  interpreted?: string;

  @ApiPropertyOptional({ description: 'The interpreter was not sure of the meaning.' })
  @IsOptional()
  @IsBoolean()
  interpreterUnsure?: boolean;
}

/** Words alone are the original words. */
export const WordsOrVerbatim = () =>
  Transform(({ value }: { value: unknown }) =>
    plainToInstance(VerbatimDto, typeof value === 'string' ? { original: value } : value),
  );

const isItem = (value: unknown): boolean =>
  [value].flat().every((index) => Number.isSafeInteger(index) && (index as number) >= 0) && [value].flat().length <= 10;

const IsItem =
  (): PropertyDecorator =>
  (target, propertyName): void =>
    registerDecorator({
      name: 'isItem',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: isItem,
        defaultMessage: () => 'must be the number of the item from 0, or in repeats in repeats the list of numbers',
      },
    });

/** The property that says which item of a repeat is meant. */
export const Item = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      oneOf: [{ type: 'integer' }, { type: 'array', items: { type: 'integer' } }],
      description: 'Inside a repeat: the number of the item from 0; inside repeats in repeats the list of numbers.',
    }),
    IsOptional(),
    IsItem(),
  );

export class AnswerDto {
  @ApiProperty({ example: 'violencePosition' })
  @IsString()
  @MaxLength(200)
  questionId!: string;

  @Item()
  item?: number | number[];

  @ApiPropertyOptional({ description: 'What fits the type of the question; the pinned questionnaire checks it.' })
  @Allow()
  value?: unknown;

  @ApiPropertyOptional({ enum: STATUSES, description: 'Instead of a value.' })
  @IsOptional()
  @IsIn(STATUSES)
  status?: Status;

  @ApiPropertyOptional({ type: VerbatimDto, description: 'The words as said; text alone is the original.' })
  @IsOptional()
  @WordsOrVerbatim()
  @IsObject()
  @ValidateNested()
  verbatim?: VerbatimDto;

  @ApiPropertyOptional({ description: 'The remark of the officer; kept apart from what the applicant said.' })
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  note?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description:
      'The answer that was on the screen; without it, none was. Another in between: kept, marked concurrent.',
  })
  @IsOptional()
  @IsUUID()
  basedOn?: string;
}

/** An answer being written: kept as it is and checked when it is recorded. */
export class DraftDto extends AnswerDto {}
