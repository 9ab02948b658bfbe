import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ClassConstructor } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { IsWords } from '../platform/http/validators.js';

const KINDS = ['exclusion', 'suspicion', 'account', 'correction'] as const;
type Kind = (typeof KINDS)[number];

export class ReferralQuery extends PageQuery {
  @ApiPropertyOptional({ enum: KINDS })
  @IsOptional()
  @IsIn(KINDS)
  kind?: Kind;

  @ApiPropertyOptional({ enum: ['yes', 'no'], description: 'Only referrals acknowledged, or only those not yet.' })
  @IsOptional()
  @IsIn(['yes', 'no'])
  acknowledged?: 'yes' | 'no';
}

export class AcknowledgeDto {
  @ApiProperty({ enum: ['ACKNOWLEDGE'] })
  @IsIn(['ACKNOWLEDGE'])
  type!: 'ACKNOWLEDGE';

  @ApiPropertyOptional({ maxLength: 4000 })
  @IsOptional()
  @IsWords(4000)
  note?: string;
}

export class ConcludeReferralDto {
  @ApiProperty({ enum: ['CONCLUDE_REFERRAL'] })
  @IsIn(['CONCLUDE_REFERRAL'])
  type!: 'CONCLUDE_REFERRAL';

  @ApiPropertyOptional({ maxLength: 4000, description: 'What became of it; kept in the referral’s history.' })
  @IsOptional()
  @IsWords(4000)
  note?: string;
}

export type ReferralCommandDto = AcknowledgeDto | ConcludeReferralDto;

export const REFERRAL_COMMAND_DTOS = [AcknowledgeDto, ConcludeReferralDto] as const;

export const REFERRAL_COMMANDS: CommandRegistry = new Map<string, ClassConstructor<ReferralCommandDto>>([
  ['ACKNOWLEDGE', AcknowledgeDto],
  ['CONCLUDE_REFERRAL', ConcludeReferralDto],
]);

export class ReferralSummaryView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: KINDS })
  kind!: Kind;

  @ApiProperty({ description: 'Code of the authority it is addressed to.' })
  authority!: string;

  @ApiProperty({ description: 'Our reference of the case, for correspondence.' })
  caseReference!: string;

  @ApiProperty({ type: [String], description: 'The grounds it is about, as far as you are told of them.' })
  grounds!: readonly string[];

  @ApiProperty({ description: 'The law by which you are told.' })
  legalBasis!: string;

  @ApiProperty({ description: 'The state of its delivery: due, receipted, acknowledged, closed.' })
  stage!: string;

  @ApiProperty()
  version!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  receivedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  acknowledgedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String, description: 'The next deadline that is running.' })
  nextDueAt!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'For a correction: the latest referral it corrects.' })
  corrects!: string | null;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description: 'Since when it must not be relied on as it was.',
  })
  correctedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String, description: 'Since when its content is closed.' })
  suspendedAt!: string | null;
}

export class ReferralPage {
  @ApiProperty({ type: [ReferralSummaryView] })
  items!: readonly ReferralSummaryView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export class ReferralCommandView {
  @ApiProperty()
  type!: string;

  @ApiProperty()
  label!: string;

  @ApiProperty()
  allowed!: boolean;

  @ApiProperty({ type: [String], description: 'What stands in the way, in sentences.' })
  because!: readonly string[];
}

export class ReferralView extends ReferralSummaryView {
  @ApiProperty({ description: 'Where it stands, by region of its chart.' })
  state!: unknown;

  @ApiProperty({ description: 'The workflow it is pinned to, by hash.' })
  workflow!: string;

  @ApiProperty({ description: 'SHA-256 of the package as sent, hex.' })
  packageSha256!: string;

  @ApiProperty({ nullable: true, type: Object, description: 'The package as sent; null while access is suspended.' })
  package!: unknown;

  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Machine proof of arrival: a JWS over id, body hash and time.',
  })
  receipt!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'What was written when it was acknowledged.' })
  acknowledgementNote!: string | null;

  @ApiProperty({ type: [ReferralCommandView] })
  allowedCommands!: readonly ReferralCommandView[];
}
