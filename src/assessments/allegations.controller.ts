import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { elementTemplates, type ElementTemplate } from '../domain/exclusion/templates.js';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { AllegationDto } from './allegation.dto.js';
import { AllegationView } from './allegation.view.js';
import { AllegationsService } from './allegations.service.js';

class AllegationList {
  @ApiProperty({ type: [AllegationView] })
  items!: readonly AllegationView[];
}

class TemplateList {
  @ApiProperty({ type: 'array', items: { type: 'object' }, description: 'Element templates per ground and crime.' })
  items!: readonly ElementTemplate[];
}

@ApiTags('Analysis')
@Controller()
export class AllegationsController {
  constructor(private readonly allegations: AllegationsService) {}

  @Get('cases/:id/allegations')
  @Allows('read', 'Allegation')
  @ApiOperation({ summary: 'The allegations of a case, each with its element matrix.' })
  @ApiOkResponse({ type: AllegationList })
  async list(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<AllegationList> {
    return { items: await this.allegations.list(actor, caseId) };
  }

  @Put('cases/:id/allegations/:allegationId')
  @Allows('edit', 'Allegation')
  @ApiOperation({ summary: "One alleged act: ground, crime, and the element matrix from that ground's template." })
  @TakesIfMatch('the case')
  @ApiOkResponse({ type: AllegationView })
  put(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('allegationId', IdPipe) allegationId: string,
    @Body() content: AllegationDto,
    @Asked() asked: Preconditions,
  ): Promise<AllegationView> {
    return this.allegations.put(actor, caseId, allegationId, content, asked);
  }

  @Get('element-templates')
  @Allows('read', 'Workflow')
  @ApiOperation({ summary: 'Which legal elements each ground and crime has.' })
  @ApiOkResponse({ type: TemplateList })
  templates(): TemplateList {
    return { items: elementTemplates };
  }
}
