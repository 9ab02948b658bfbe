import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import type { PersonCategory, Relation } from '../domain/referral/file.js';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { IsWords } from '../platform/http/validators.js';
import type { MarkingMade } from '../referrals/whereabouts-withheld.js';
import { ThirdPersonsService } from './third-persons.service.js';

const CATEGORIES = ['suspected', 'convicted', 'victim', 'witness', 'other'] as const;
const RELATIONS = ['none', 'spouse', 'formerSpouse', 'partner', 'parent', 'child', 'sibling', 'otherRelative'] as const;

class ThirdPersonDto {
  @ApiProperty({ enum: CATEGORIES, description: 'Category of Directive (EU) 2016/680, Article 6.' })
  @IsIn(CATEGORIES)
  category!: PersonCategory;

  @ApiProperty({ enum: RELATIONS, description: 'To the applicant: a relative may have the right to refuse testimony.' })
  @IsIn(RELATIONS)
  relation!: Relation;

  @ApiProperty({ description: 'As named; where no name is known, who it is.' })
  @IsWords(500)
  name!: string;

  @ApiPropertyOptional({ description: 'What the file says of the person, by answer where it can be.' })
  @IsOptional()
  @IsWords(10_000)
  about?: string;

  @ApiPropertyOptional({ description: 'Withheld from every package until a second person approves it.' })
  @IsOptional()
  @IsWords(2_000)
  whereabouts?: string;

  @ApiProperty({
    type: [String],
    example: ['CD'],
    description:
      'Of nationality and former residence: nothing of this case reaches an authority of or for one of them. Empty where nobody knows any, which the package says.',
  })
  @IsArray({ message: 'must be a list of countries such as CD, empty where none is known' })
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'must be countries such as CD' })
  countries!: readonly string[];
}

export class ReasonDto {
  @ApiProperty({ description: 'Why, in words that the file keeps.' })
  @IsWords(10_000)
  reason!: string;
}

class PassagesDto {
  @ApiProperty({
    type: [String],
    description:
      'The exact words that tell where the person is, each as it stands in a text: as spoken, as interpreted, translated. Empty: ' +
      'everything said so far was looked through, and nothing (more) of it tells that.',
  })
  @IsArray({ message: 'must be a list of passages, empty where nothing is said' })
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsWords(2_000, { each: true })
  passages!: readonly string[];
}

class WithdrawPassagesDto extends ReasonDto {
  @ApiProperty({ type: [String], description: 'The marked words that do not tell where the person is.' })
  @IsArray({ message: 'must be a list of marked passages' })
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsWords(2_000, { each: true })
  passages!: readonly string[];
}

class UnmarkedText {
  @ApiProperty({ format: 'uuid', description: 'The answer, follow-up or submission.' })
  statementId!: string;

  @ApiProperty({ description: 'Which of its texts: `original`, `interpreted`, `value`, `text` or a translation.' })
  text!: string;
}

class ThirdPersonView extends ThirdPersonDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  whereaboutsApproved!: boolean;

  @ApiProperty({ type: [String], description: 'Words marked as telling where the person is: withheld until approved.' })
  passages!: readonly string[];

  @ApiProperty({
    type: [UnmarkedText],
    description:
      'Texts that hold no marked passage although another text of the same statement does: mark their words too.',
  })
  unmarkedTexts!: readonly UnmarkedText[];

  @ApiProperty({
    description:
      'Somebody looked through all that was said so far for where this person is, so that no package waits for it.',
  })
  answersLookedThrough!: boolean;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description: 'When one person asked to withdraw the record; its countries bar until a second one does.',
  })
  withdrawalAskedAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;
}

class ThirdPersonList {
  @ApiProperty({ type: [ThirdPersonView] })
  items!: readonly ThirdPersonView[];
}

const MARKINGS = { MARK_PASSAGES: 'marked', WITHDRAW_PASSAGES: 'withdrawn', APPROVE_WHEREABOUTS: 'approved' } as const;

class MarkingView {
  @ApiProperty({ format: 'uuid' })
  thirdPersonId!: string;

  @ApiProperty({
    enum: Object.values(MARKINGS),
    description: 'Passages were marked, marks of some were withdrawn, or the whereabouts were approved and all leave.',
  })
  did!: (typeof MARKINGS)[keyof typeof MARKINGS];

  @ApiProperty({ type: [String], description: 'Empty: looked through and nothing found, or approved as a whole.' })
  passages!: readonly string[];

  @ApiProperty({ nullable: true, type: String, description: 'Why; a mark needs none.' })
  reason!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'Who, by name.' })
  by!: string | null;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

class MarkingList {
  @ApiProperty({ type: [MarkingView] })
  items!: readonly MarkingView[];
}

const markingOf = ({ by, at, ...made }: MarkingMade): MarkingView => ({
  thirdPersonId: made.id,
  did: MARKINGS[made.type],
  passages: made.type === 'APPROVE_WHEREABOUTS' ? [] : made.passages,
  reason: made.type === 'MARK_PASSAGES' ? null : made.reason,
  by,
  at,
});

/** Whom a file names beside the applicant. */
@ApiTags('Cases')
@Controller('cases/:id/third-persons')
export class ThirdPersonsController {
  constructor(private readonly persons: ThirdPersonsService) {}

  @Get()
  @Allows('read', 'ThirdPerson')
  @ApiOperation({ summary: 'Persons whom the file names, with the category in which they travel.' })
  @ApiOkResponse({ type: ThirdPersonList })
  async list(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<ThirdPersonList> {
    return { items: await this.persons.list(actor, caseId) };
  }

  @Get('markings')
  @Allows('read', 'ThirdPerson')
  @ApiOperation({
    summary: 'Which words were marked as telling where somebody is, which marks were withdrawn, and what was approved.',
    description: 'Oldest first, by whom and why, of persons whose record was withdrawn too.',
  })
  @ApiOkResponse({ type: MarkingList })
  async markings(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<MarkingList> {
    return { items: (await this.persons.markings(actor, caseId)).map(markingOf) };
  }

  @Post()
  @Allows('add', 'ThirdPerson')
  @ApiOperation({
    summary: 'Record somebody whom the file names: category, relation, whereabouts where they are known.',
  })
  @ApiCreatedResponse({ type: ThirdPersonList })
  async record(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() person: ThirdPersonDto,
    @Asked() asked: Preconditions,
  ): Promise<ThirdPersonList> {
    await this.persons.record(actor, caseId, { ...person }, asked);
    return this.list(actor, caseId);
  }

  @Post(':personId/withdraw')
  @HttpCode(200)
  @Allows('edit', 'ThirdPerson')
  @ApiOperation({
    summary: 'Withdraw a record made by mistake, with the reason; record the person anew where needed.',
    description: 'Where countries of the person bar recipients, they bar until a second person does the same.',
  })
  @ApiOkResponse({ type: ThirdPersonList })
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('personId', IdPipe) id: string,
    @Body() { reason }: ReasonDto,
    @Asked() asked: Preconditions,
  ): Promise<ThirdPersonList> {
    await this.persons.withdraw(actor, caseId, id, reason, asked);
    return this.list(actor, caseId);
  }

  @Post(':personId/passages')
  @HttpCode(200)
  @Allows('edit', 'ThirdPerson')
  @ApiOperation({
    summary: 'Say that the answers were looked through for where this person is, and mark the words that tell it.',
    description:
      'Marked words, and recorded whereabouts wherever they stand, are replaced by a mark in every text of every package until a second ' +
      'person approves the whereabouts, and refused where somebody types them for a recipient. Documents and recordings leave as they ' +
      'are. Words that stand nowhere are refused. Later calls add to earlier ones.',
  })
  @ApiOkResponse({ type: ThirdPersonList })
  async mark(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('personId', IdPipe) id: string,
    @Body() { passages }: PassagesDto,
    @Asked() asked: Preconditions,
  ): Promise<ThirdPersonList> {
    await this.persons.markPassages(actor, caseId, id, passages, asked);
    return this.list(actor, caseId);
  }

  @Post(':personId/withdraw-passages')
  @HttpCode(200)
  @Allows('command', 'ThirdPerson')
  @ApiOperation({
    summary: 'Withdraw marks set by mistake, with the reason: these words do not tell where the person is.',
    description:
      'They leave again with the next package, unless another mark or the recorded whereabouts of somebody withhold them; the ' +
      'whereabouts stay unapproved. Somebody else must have marked them. The record of the person may be withdrawn.',
  })
  @ApiOkResponse({ type: ThirdPersonList })
  async withdrawPassages(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('personId', IdPipe) id: string,
    @Body() { passages, reason }: WithdrawPassagesDto,
    @Asked() asked: Preconditions,
  ): Promise<ThirdPersonList> {
    await this.persons.withdrawPassages(actor, caseId, id, { passages, reason }, asked);
    return this.list(actor, caseId);
  }

  @Post(':personId/approve-whereabouts')
  @HttpCode(200)
  @Allows('command', 'ThirdPerson')
  @ApiOperation({
    summary: 'Let the whereabouts leave with packages from now on; somebody else must have recorded them.',
  })
  @ApiOkResponse({ type: ThirdPersonList })
  async approve(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('personId', IdPipe) id: string,
    @Body() { reason }: ReasonDto,
    @Asked() asked: Preconditions,
  ): Promise<ThirdPersonList> {
    await this.persons.approveWhereabouts(actor, caseId, id, reason, asked);
    return this.list(actor, caseId);
  }
}
