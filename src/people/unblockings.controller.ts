import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { IsWords } from '../platform/http/validators.js';
import { UnblockingsService } from './unblockings.service.js';
import { UnblockingList } from './unblockings.view.js';

class EndUnblockingDto {
  @ApiProperty({ description: 'Why, in words that the file keeps.' })
  @IsWords(10_000)
  reason!: string;
}

@ApiTags('Cases')
@Controller('cases/:id/unblockings')
export class UnblockingsController {
  constructor(private readonly unblockings: UnblockingsService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({
    summary: 'Askings that somebody whom the file bars be barred no longer: who asked, why, and what became of it.',
  })
  @ApiOkResponse({ type: UnblockingList })
  async list(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<UnblockingList> {
    return { items: await this.unblockings.list(actor, caseId) };
  }

  @Post(':unblockingId/withdrawal')
  @HttpCode(200)
  @Allows('edit', 'Case')
  @ApiOperation({ summary: 'Take back what you asked yourself, with the reason: it goes on to bar.' })
  @ApiOkResponse({ type: UnblockingList })
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('unblockingId', IdPipe) id: string,
    @Body() { reason }: EndUnblockingDto,
    @Asked() asked: Preconditions,
  ): Promise<UnblockingList> {
    await this.unblockings.withdraw(actor, caseId, id, reason, asked);
    return this.list(actor, caseId);
  }

  @Post(':unblockingId/refusal')
  @HttpCode(200)
  @Allows('edit', 'Case')
  @ApiOperation({
    summary: 'Refuse what somebody else asked, with the reason: it goes on to bar.',
    description: 'A country that was corrected away is in the particulars again.',
  })
  @ApiOkResponse({ type: UnblockingList })
  async refuse(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('unblockingId', IdPipe) id: string,
    @Body() { reason }: EndUnblockingDto,
    @Asked() asked: Preconditions,
  ): Promise<UnblockingList> {
    await this.unblockings.refuse(actor, caseId, id, reason, asked);
    return this.list(actor, caseId);
  }
}
