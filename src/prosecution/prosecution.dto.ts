import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { type PriorityLevel, priorityLevels } from '../domain/referral/priority.js';
import { PageQuery } from '../platform/http/page.js';

const KINDS = ['exclusion', 'suspicion', 'account', 'correction'] as const;
type Kind = (typeof KINDS)[number];
const ORDERS = ['newest', 'priority', 'due'] as const;
export type Order = (typeof ORDERS)[number];

export class ReferralQuery extends PageQuery {
  @ApiPropertyOptional({ enum: KINDS })
  @IsOptional()
  @IsIn(KINDS)
  kind?: Kind;

  @ApiPropertyOptional({ enum: ['yes', 'no'], description: 'Only referrals acknowledged, or only those not yet.' })
  @IsOptional()
  @IsIn(['yes', 'no'])
  acknowledged?: 'yes' | 'no';

  @ApiPropertyOptional({ enum: priorityLevels, description: 'Only those of this priority.' })
  @IsOptional()
  @IsIn(priorityLevels)
  priority?: PriorityLevel;

  @ApiPropertyOptional({ enum: ['yes', 'no'], description: 'Only those whose next deadline has passed, or has not.' })
  @IsOptional()
  @IsIn(['yes', 'no'])
  overdue?: 'yes' | 'no';

  @ApiPropertyOptional({
    enum: ORDERS,
    default: 'newest',
    description:
      'newest first; by the priority it had when it was sent and then newest; or by the next deadline, soonest first.',
  })
  @IsOptional()
  @IsIn(ORDERS)
  order: Order = 'newest';
}

export class PriorityView {
  @ApiProperty({ enum: priorityLevels })
  level!: PriorityLevel;

  @ApiProperty({
    nullable: true,
    type: Boolean,
    description: 'Known by name, the identity not disputed; null: not recorded.',
  })
  suspectIdentified!: boolean | null;

  @ApiProperty({
    nullable: true,
    type: Boolean,
    description: 'In the country: when it was sent, and as far as is recorded since.',
  })
  presentHere!: boolean | null;

  @ApiProperty({ nullable: true, type: Boolean, description: 'A document supports an allegation you are told of.' })
  corroborated!: boolean | null;
}

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

  @ApiProperty({
    description:
      'The state of its delivery: due, receipted, acknowledged, closed; recalled; of a correction answerAwaited, kept, erased.',
  })
  stage!: string;

  @ApiProperty()
  version!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  receivedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  acknowledgedAt!: string | null;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description:
      'The next deadline of yours that is running: while receipted to acknowledge, while acknowledged to give feedback, while answerAwaited to answer the correction.',
  })
  nextDueAt!: string | null;

  @ApiProperty({
    format: 'date',
    nullable: true,
    type: String,
    description:
      'The day on which the person is expected to leave the country, as it is known now. null: none is known or to come; not told of an own account, of a correction, or of what is suspended.',
  })
  departureExpectedOn!: string | null;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description:
      'When it was recorded that the person was removed or transferred in spite of a stay that you were granted.',
  })
  stayBrokenAt!: string | null;

  @ApiProperty({ type: PriorityView })
  priority!: PriorityView;

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

export class AccessView {
  @ApiProperty({ description: 'Whether you may read the content now, under GET /api/referrals/:id/package.' })
  open!: boolean;

  @ApiProperty({ format: 'uuid', nullable: true, type: String, description: 'The grant by which you may.' })
  grant!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'Why it is closed, and what you can do.' })
  because!: string | null;
}

export class PackageView {
  @ApiProperty({ format: 'uuid' })
  referralId!: string;

  @ApiProperty({ description: 'SHA-256 of `package` as canonical JSON (RFC 8785), hex: name it when you acknowledge.' })
  packageSha256!: string;

  @ApiProperty({ format: 'uuid', nullable: true, type: String, description: 'The grant under which it is shown.' })
  grant!: string | null;

  @ApiProperty({ type: Object, description: 'The package as it was sent.' })
  package!: unknown;
}

export class ReferralView extends ReferralSummaryView {
  @ApiProperty({ description: 'Where it stands, by region of its chart.' })
  state!: unknown;

  @ApiProperty({ description: 'The workflow it is pinned to, by hash.' })
  workflow!: string;

  @ApiProperty({ description: 'SHA-256 of the package as canonical JSON (RFC 8785), hex.' })
  packageSha256!: string;

  @ApiProperty({ type: AccessView })
  access!: AccessView;

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
