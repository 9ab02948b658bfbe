import { Body, Controller, Param, Post } from '@nestjs/common';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { randomUUID } from 'node:crypto';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';
import { CasesService } from './cases.service.js';

const KINDS = ['replyToIntention', 'commentOnRecord', 'evidence', 'rectification', 'other'] as const;
const SOURCES = ['interview', 'document', 'countryInformation'] as const;

class SubmissionDto {
  @ApiProperty({ enum: KINDS, description: '`replyToIntention` is also the statement that there is no reply.' })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];

  @ApiProperty({ description: 'What was submitted, in full or in substance.' })
  @IsWords(200_000)
  text!: string;

  @ApiProperty({ enum: ['applicant', 'counsel', 'representative'] })
  @IsIn(['applicant', 'counsel', 'representative'])
  from!: 'applicant' | 'counsel' | 'representative';
}

class DisclosureDto {
  @ApiProperty({ enum: SOURCES })
  @IsIn(SOURCES)
  sourceKind!: (typeof SOURCES)[number];

  @ApiProperty({
    description: 'The reference by which the analysis cites it: an id, or a citation of country information.',
  })
  @IsWords(500)
  sourceRef!: string;

  @ApiProperty({ description: 'The substance as it was put to the applicant.' })
  @IsWords(LONGEST_TEXT)
  substance!: string;

  @ApiProperty({ example: 'at the interview, through the interpreter' })
  @IsWords(500)
  how!: string;
}

class Created {
  @ApiProperty({ format: 'uuid' })
  id!: string;
}

/** The applicant's side of the file: what they replied, and what was disclosed to them. */
@ApiTags('Cases')
@Controller('cases/:id')
export class SubmissionsController {
  constructor(private readonly cases: CasesService) {}

  @Post('submissions')
  @Allows('add', 'Submission')
  @ApiOperation({ summary: 'Record what the applicant, counsel or the representative submitted.' })
  @ApiCreatedResponse({ type: Created })
  async submit(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() { kind, text, from }: SubmissionDto,
    @Asked() asked: Preconditions,
  ): Promise<Created> {
    const id = randomUUID();
    const type = kind === 'replyToIntention' ? 'RECORD_REPLY' : 'RECORD_SUBMISSION';
    const done = await this.cases.execute(actor, caseId, { type, id, kind, text, from }, asked, {
      ids: { submissionId: id },
    });
    return { id: done.result['submissionId'] ?? id };
  }

  @Post('disclosures')
  @Allows('add', 'Disclosure')
  @ApiOperation({ summary: 'Record what was disclosed to the applicant, and how.' })
  @ApiCreatedResponse({ type: Created })
  async disclose(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() { sourceKind, sourceRef, substance, how }: DisclosureDto,
    @Asked() asked: Preconditions,
  ): Promise<Created> {
    const id = randomUUID();
    const instruction = { type: 'RECORD_DISCLOSURE' as const, id, sourceKind, sourceRef, substance, how };
    const done = await this.cases.execute(actor, caseId, instruction, asked, { ids: { disclosureId: id } });
    return { id: done.result['disclosureId'] ?? id };
  }
}
