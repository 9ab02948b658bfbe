import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, Length } from 'class-validator';

const DAY = { message: 'must be a calendar date such as 2026-01-31' };

export class StatisticsQueryDto {
  @ApiProperty({ format: 'date', example: '2026-01-01', description: 'First day, where the authority works.' })
  @IsISO8601({ strict: true }, DAY)
  @Length(10, 10, DAY)
  from!: string;

  @ApiProperty({ format: 'date', example: '2026-12-31', description: 'Last day; what happened later does not count.' })
  @IsISO8601({ strict: true }, DAY)
  @Length(10, 10, DAY)
  to!: string;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

export class TookDto {
  @ApiProperty({ description: 'Referrals for which it had happened by the end of the period.' })
  count!: number;

  @ApiProperty({ type: Number, nullable: true })
  medianHours!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Nine of ten took no longer.' })
  ninthDecileHours!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  longestHours!: number | null;
}

export class FiguresDto {
  @ApiProperty({ description: 'Created in the period.' })
  referrals!: number;

  @ApiProperty()
  received!: number;

  @ApiProperty()
  acknowledged!: number;

  @ApiProperty()
  concluded!: number;

  @ApiProperty({ description: 'Of which the recipient told at least once what became of them.' })
  withFeedback!: number;

  @ApiProperty({ description: 'Found by the recipient to be about somebody else.' })
  mistakenIdentity!: number;

  @ApiProperty({ description: 'Marked by a correction, and not reinstated since.' })
  corrected!: number;

  @ApiProperty({ description: 'Received after it was due, or due and still not received.' })
  overdue!: number;

  @ApiProperty({ description: 'From the decision to the receipt.' })
  toRefer!: TookDto;

  @ApiProperty({ description: 'From the receipt to the acknowledgement.' })
  toAcknowledge!: TookDto;

  @ApiProperty({ description: 'From the acknowledgement to the first feedback.' })
  toFeedback!: TookDto;

  @ApiProperty({ description: 'From the acknowledgement to the conclusion the prosecutor tells.' })
  toConclude!: TookDto;
}

const BY = { type: 'object', additionalProperties: { $ref: '#/components/schemas/FiguresDto' } } as const;

export class StatisticsDto extends FiguresDto {
  @ApiProperty({
    description: 'Whether the whole period has passed; only then the same period gives the same figures for ever.',
  })
  complete!: boolean;

  @ApiProperty({
    format: 'date-time',
    description: 'What happened before counts: the end of the period, or the moment of asking while it lasts.',
  })
  until!: string;

  @ApiProperty(BY)
  byKind!: Readonly<Record<string, FiguresDto>>;

  @ApiProperty({ ...BY, description: 'A referral on two grounds counts under both.' })
  byGround!: Readonly<Record<string, FiguresDto>>;

  @ApiProperty({ ...BY, description: 'Country of origin of the case.' })
  byCountry!: Readonly<Record<string, FiguresDto>>;

  @ApiProperty(BY)
  byAuthority!: Readonly<Record<string, FiguresDto>>;
}
