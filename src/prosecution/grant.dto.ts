import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional } from 'class-validator';
import { type GrantPurpose, grantPurposes } from '../domain/referral/grant.js';
import { IsWords } from '../platform/http/validators.js';

const PURPOSES = Object.keys(grantPurposes) as GrantPurpose[];

export class OpenGrantDto {
  @ApiProperty({
    enum: PURPOSES,
    description: Object.entries(grantPurposes)
      .map(([name, words]) => `${name}: ${words}.`)
      .join(' '),
  })
  @IsIn(PURPOSES)
  purpose!: GrantPurpose;

  @ApiProperty({ maxLength: 1000, description: 'The law under which the file is read.' })
  @IsWords(1000)
  legalBasis!: string;

  @ApiPropertyOptional({ maxLength: 2000, description: 'What for, in words; such as the number of the proceedings.' })
  @IsOptional()
  @IsWords(2000)
  statement?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When access ends. Not said: as late as the deadline grantReview allows.',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be an instant such as 2026-12-31T17:00:00Z' })
  until?: string;
}

export class RevokeGrantDto {
  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reason!: string;
}

export class GrantView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['person', 'authority'], description: 'Whom it lets read: one person, or the whole authority.' })
  for!: 'person' | 'authority';

  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  personId!: string | null;

  @ApiProperty({ enum: PURPOSES })
  purpose!: GrantPurpose;

  @ApiProperty()
  legalBasis!: string;

  @ApiProperty({ nullable: true, type: String })
  statement!: string | null;

  @ApiProperty({ enum: ['live', 'expired', 'revoked'] })
  state!: 'live' | 'expired' | 'revoked';

  @ApiProperty({ format: 'date-time' })
  from!: string;

  @ApiProperty({ format: 'date-time' })
  until!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  revokedAt!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'Why it was taken back.' })
  revocation!: string | null;
}

export class GrantList {
  @ApiProperty({ type: [GrantView] })
  items!: readonly GrantView[];
}
