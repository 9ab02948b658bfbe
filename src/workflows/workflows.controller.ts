import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { WorkflowsService } from './workflows.service.js';

class WorkflowSummaryView {
  @ApiProperty({ example: 'case' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ description: 'SHA-256 of the canonical chart; cases are pinned to it.' })
  hash!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ format: 'date-time' })
  publishedAt!: string;
}

class WorkflowList {
  @ApiProperty({ type: [WorkflowSummaryView] })
  items!: WorkflowSummaryView[];
}

@ApiTags('Definitions')
@Controller('workflows')
export class WorkflowsController {
  constructor(private readonly workflows: WorkflowsService) {}

  @Get()
  @Allows('read', 'Workflow')
  @ApiOperation({ summary: 'The lifecycles in use, each with its version and hash.' })
  @ApiOkResponse({ type: WorkflowList })
  list(): WorkflowList {
    return { items: [...this.workflows.list()] };
  }
}
