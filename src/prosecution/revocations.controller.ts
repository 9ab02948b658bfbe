import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { GrantView, RevokeGrantDto } from './grant.dto.js';
import { GrantsService } from './grants.service.js';

/** Access taken back by the side that sent. */
@ApiTags('Referrals')
@Controller('referrals/:id/grants')
export class RevocationsController {
  constructor(private readonly grants: GrantsService) {}

  @Post(':grantId/revoke')
  @HttpCode(200)
  @Allows('edit', 'Grant')
  @ApiOperation({
    summary: 'Take access back at once, with a reason.',
    description: 'Whoever lost it cannot open the file again until standing access is granted.',
  })
  @ApiOkResponse({ type: GrantView })
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('grantId', IdPipe) grantId: string,
    @Body() body: RevokeGrantDto,
    @Asked() asked: Preconditions,
  ): Promise<GrantView> {
    await this.grants.revoke(actor, id, grantId, body, asked);
    return (await this.grants.list(actor, id)).find((grant) => grant.id === grantId)!;
  }
}
