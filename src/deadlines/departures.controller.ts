import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsISO8601, Matches } from 'class-validator';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { IsWords } from '../platform/http/validators.js';
import { DeparturesService } from './departures.service.js';

class ExpectDepartureDto {
  @ApiProperty({ format: 'date', description: 'Calendar date where the authority works.' })
  @Matches(/^\d{4}-\d\d-\d\d$/, { message: 'must be a calendar date such as 2026-12-24' })
  @IsISO8601({ strict: true }, { message: 'must be a calendar date such as 2026-12-24' })
  expectedOn!: string;

  @ApiProperty({ description: 'The booking, order or announcement this rests on.' })
  @IsWords(2_000)
  source!: string;
}

class WithdrawDepartureDto {
  @ApiProperty({ description: 'Why nobody expects it any more.' })
  @IsWords(2_000)
  reason!: string;
}

class DepartureDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date' })
  expectedOn!: string;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;
}

class DepartureAnswer {
  @ApiProperty({ type: DepartureDto, nullable: true, description: 'null: no departure is expected.' })
  departure!: DepartureDto | null;
}

@ApiTags('Cases')
@ApiBearerAuth()
@Controller('cases/:id/departure')
export class DeparturesController {
  constructor(private readonly departures: DeparturesService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'When the person is expected to leave the country, if that is known.' })
  @ApiOkResponse({ type: DepartureAnswer })
  async get(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<DepartureAnswer> {
    return { departure: await this.departures.find(actor, caseId) };
  }

  @Put()
  @Allows('edit', 'Case')
  @ApiOperation({
    summary:
      'Record an expected departure: the times to refer, to acknowledge and to decide a hold end before it, also those that run already.',
    description:
      'Recipients of its referrals see the day in their inbox (departureExpectedOn), unless they were told of an own account alone.',
  })
  @ApiOkResponse({ type: DepartureAnswer })
  async expect(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() request: ExpectDepartureDto,
    @Asked() asked: Preconditions,
  ): Promise<DepartureAnswer> {
    await this.departures.expect(actor, caseId, request, asked);
    return { departure: await this.departures.find(actor, caseId) };
  }

  @Delete()
  @HttpCode(204)
  @Allows('edit', 'Case')
  @ApiOperation({ summary: 'Nobody expects the departure any more; what it shortened stays short.' })
  @ApiNoContentResponse()
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() { reason }: WithdrawDepartureDto,
    @Asked() asked: Preconditions,
  ): Promise<void> {
    await this.departures.withdraw(actor, caseId, reason, asked);
  }
}
