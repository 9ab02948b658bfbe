import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { TaskPageDto } from './tasks.dto.js';
import { TasksService } from './tasks.service.js';

@ApiTags('Tasks')
@ApiBearerAuth()
@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Get()
  @Allows('read', 'Task')
  @ApiOperation({ summary: 'What waits for me, most urgent first; a task goes when its deadline is met or ended.' })
  @ApiOkResponse({ type: TaskPageDto })
  async mine(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TaskPageDto> {
    const page = await this.tasks.mine(actor, query);
    linkNext(response, page.next);
    return page;
  }
}
