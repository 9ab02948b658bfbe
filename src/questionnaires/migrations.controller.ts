import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { MigrationList, MigrationView, ProposeMigrationDto } from './migration.dto.js';
import { MigrationsService } from './migrations.service.js';
import { VersionIdPipe } from './name.pipe.js';

@ApiTags('Questionnaires')
@Controller('questionnaires/:id/migrations')
export class MigrationsController {
  constructor(private readonly migrations: MigrationsService) {}

  @Get()
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'Plans to move running interviews to this version: what each would do, and what it did.' })
  @ApiOkResponse({ type: MigrationList })
  async list(@CurrentActor() actor: Actor, @Param('id', VersionIdPipe) id: string): Promise<MigrationList> {
    return { items: await this.migrations.list(actor, id) };
  }

  @Post()
  @Allows('command', 'Questionnaire')
  @ApiOperation({
    summary: 'Propose to move running interviews to this version, or to take such a move back.',
    description:
      'It is tried on every live interview without changing one; then another author sends MIGRATE to carry it out, or DROP_MIGRATION.',
  })
  @TakesIfMatch()
  @ApiCreatedResponse({ type: MigrationView })
  async propose(
    @CurrentActor() actor: Actor,
    @Param('id', VersionIdPipe) id: string,
    @Body() request: ProposeMigrationDto,
    @Asked() asked: Preconditions,
  ): Promise<MigrationView> {
    const migration = await this.migrations.propose(actor, id, request, asked);
    return (await this.migrations.list(actor, id)).find((one) => one.id === migration)!;
  }
}
