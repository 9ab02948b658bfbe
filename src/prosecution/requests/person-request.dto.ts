import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import { type GrantPurpose, grantPurposes } from '../../domain/referral/grant.js';
import { type PersonRefusal, personRefusals } from '../../domain/referral/request.js';
import { PageQuery } from '../../platform/http/page.js';
import { IsCountry, IsEdtf, IsWords } from '../../platform/http/validators.js';

const PURPOSES = Object.keys(grantPurposes) as GrantPurpose[];
const REFUSALS = Object.keys(personRefusals) as PersonRefusal[];
const OUTCOMES = ['disclosed', 'refused'] as const;

export class SoughtPersonDto {
  @ApiProperty({ example: 'Exemplaris' })
  @IsWords(200)
  familyName!: string;

  @ApiProperty({ example: 'Inventus' })
  @IsWords(200)
  givenNames!: string;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsWords(200, { each: true })
  aliases: string[] = [];

  @ApiPropertyOptional({ example: '1971~', description: 'EDTF, as precise as it is known.' })
  @IsOptional()
  @IsEdtf()
  birthDate?: string;

  @ApiPropertyOptional({ type: [String], example: ['RW'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsCountry({ each: true })
  nationalities: string[] = [];
}

export class AskAboutPersonDto {
  @ApiProperty({ enum: PURPOSES })
  @IsIn(PURPOSES)
  purpose!: GrantPurpose;

  @ApiProperty({ maxLength: 1000, description: 'The law that lets us tell you.' })
  @IsWords(1000)
  legalBasis!: string;

  @ApiProperty({ maxLength: 2000, description: 'What is asked for, and no more than is needed.' })
  @IsWords(2000)
  scope!: string;

  @ApiProperty({ maxLength: 4000, description: 'Why this person.' })
  @IsWords(4000)
  reasons!: string;

  @ApiProperty({ type: SoughtPersonDto })
  @IsObject()
  @ValidateNested()
  @Type(() => SoughtPersonDto)
  particulars!: SoughtPersonDto;
}

export class PersonRequestQuery extends PageQuery {}

export class ProposeAnswerDto {
  @ApiProperty({ enum: OUTCOMES })
  @IsIn(OUTCOMES)
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ format: 'uuid', description: 'For disclosed: the case of this very person.' })
  @IsOptional()
  @IsUUID()
  caseId?: string;

  @ApiPropertyOptional({
    enum: REFUSALS,
    description: Object.entries(personRefusals)
      .map(([name, { says }]) => `${name}: ${says}`)
      .join(' '),
  })
  @IsOptional()
  @IsIn(REFUSALS)
  refusal?: PersonRefusal;

  @ApiProperty({ maxLength: 4000, description: 'What was searched and found, and why so. Never shown to who asked.' })
  @IsWords(4000)
  reasons!: string;

  @ApiPropertyOptional({
    maxLength: 4000,
    description:
      'For disclosed: what the authority that asked is told with the file. A refusal is told in fixed words.',
  })
  @IsOptional()
  @IsWords(4000)
  reply?: string;
}

export class DecideProposalDto {
  @ApiProperty({ enum: ['confirmed', 'returned'] })
  @IsIn(['confirmed', 'returned'])
  decision!: 'confirmed' | 'returned';

  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reasons!: string;
}

export class PersonAnswerView {
  @ApiProperty({ enum: OUTCOMES })
  outcome!: 'disclosed' | 'refused';

  @ApiProperty({ enum: REFUSALS, nullable: true, type: String })
  refusal!: PersonRefusal | null;

  @ApiProperty({ nullable: true, type: String, description: 'What the ground of refusal means.' })
  says!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'What is told with the file; null for a refusal.' })
  reply!: string | null;

  @ApiProperty({ format: 'uuid', nullable: true, type: String, description: 'The referral by which it is disclosed.' })
  referralId!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When the authority that asked was told.' })
  toldAt!: string;
}

export class ProposalView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: OUTCOMES })
  outcome!: 'disclosed' | 'refused';

  @ApiProperty({ enum: REFUSALS, nullable: true, type: String })
  refusal!: PersonRefusal | null;

  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  caseId!: string | null;

  @ApiProperty()
  reasons!: string;

  @ApiProperty({ nullable: true, type: String })
  reply!: string | null;

  @ApiProperty({ format: 'uuid' })
  proposedBy!: string;

  @ApiProperty({ format: 'date-time' })
  proposedAt!: string;

  @ApiProperty({ enum: ['confirmed', 'returned'], nullable: true, type: String })
  decision!: 'confirmed' | 'returned' | null;

  @ApiProperty({ nullable: true, type: String })
  decisionReasons!: string | null;
}

export class PersonRequestView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'Code of the authority that asked.' })
  authority!: string;

  @ApiProperty({ enum: PURPOSES })
  purpose!: GrantPurpose;

  @ApiProperty()
  legalBasis!: string;

  @ApiProperty()
  scope!: string;

  @ApiProperty()
  reasons!: string;

  @ApiProperty({ type: SoughtPersonDto })
  particulars!: object;

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;

  @ApiProperty({ format: 'date-time' })
  dueAt!: string;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description: 'When the authority that asked took it back.',
  })
  withdrawnAt!: string | null;

  @ApiProperty({ nullable: true, type: String })
  withdrawalReasons!: string | null;

  @ApiProperty({
    description:
      'Whether it was answered: to the authority that asked, from when it is told; to those who answer, at once.',
  })
  answered!: boolean;

  @ApiProperty({
    type: PersonAnswerView,
    nullable: true,
    description: 'Null until it is told; to others than who gave it and who see the case, null.',
  })
  answer!: PersonAnswerView | null;

  @ApiProperty({ type: [ProposalView], description: 'For those who answer; empty for the authority that asked.' })
  proposals!: readonly ProposalView[];
}

export class PersonRequestPage {
  @ApiProperty({ type: [PersonRequestView] })
  items!: readonly PersonRequestView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export class PersonFoundView {
  @ApiProperty({ format: 'uuid', description: 'Of the case.' })
  id!: string;

  @ApiProperty()
  reference!: string;

  @ApiProperty()
  countryOfOrigin!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  birthDate!: string;

  @ApiProperty({ type: [String] })
  nationalities!: readonly string[];

  @ApiProperty({ description: 'How many of the names asked for are found as they are written.' })
  sameNames!: number;

  @ApiProperty({ description: 'How many sound alike.' })
  alikeNames!: number;
}

export class ElsewhereView {
  @ApiProperty()
  unit!: string;

  @ApiProperty()
  cases!: number;
}

export class PersonsFoundView {
  @ApiProperty({ type: [PersonFoundView] })
  items!: readonly PersonFoundView[];

  @ApiProperty({ type: [ElsewhereView], description: 'Other units that hold files with such a name: ask there.' })
  elsewhere!: readonly ElsewhereView[];
}
