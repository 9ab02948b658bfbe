import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';
import type { Purpose } from '../questionnaires/questionnaire.store.js';

const PURPOSES = ['screening', 'exclusion', 'witness'] as const;

export class OpenInterviewDto {
  @ApiProperty({ enum: PURPOSES })
  @IsIn(PURPOSES)
  purpose!: Purpose;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    example: 'RW-exclusion',
    description:
      'Code (its newest version) or hash, or a list of them for somebody who lived in several countries. Without it: the ' +
      'questionnaire for the country of origin. Anything else needs a reason.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    each: true,
    message: 'must be a code such as RW-exclusion, or a hash',
  })
  questionnaire?: string[];

  @ApiPropertyOptional({ description: 'Why another questionnaire than the one for the country of origin.' })
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  reason?: string;
}
