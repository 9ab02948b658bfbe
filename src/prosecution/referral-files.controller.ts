import { Controller, Get, Headers, Param, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { logUnder } from './access.js';
import { ReferralFilesService } from './referral-files.service.js';

const RANGE = { name: 'Range', required: false, description: 'One range of bytes, as players ask for it.' };
const CONTENT = {
  schema: { type: 'string', format: 'binary' },
  headers: {
    ETag: { description: 'SHA-256 of the whole file, hex; the package names the same.', schema: { type: 'string' } },
    'X-Watermark': { description: 'Who reads it, under which grant, when.', schema: { type: 'string' } },
  },
} as const;

/** The files that a package names, and no others of the case. */
@ApiTags('Referrals')
@Controller('referrals/:id')
export class ReferralFilesController {
  constructor(private readonly files: ReferralFilesService) {}

  @Get('package.pdf')
  @Allows('read', 'Referral')
  @ApiOperation({
    summary: 'The package as a tagged PDF, marked on every page with its reader, under a live grant.',
    description:
      'It shows all that the package says and names its SHA-256; where the two differ, the package prevails.',
  })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async pdf(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const { file, headers, access } = await this.files.pdf(actor, id);
    logUnder(request, access);
    response.set(headers);
    return file;
  }

  @Get('documents/:documentId')
  @Allows('read', 'Referral')
  @ApiOperation({ summary: 'A document named in the package, its name marked with the reader.' })
  @ApiProduces('*/*')
  @ApiHeader(RANGE)
  @ApiOkResponse(CONTENT)
  document(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('documentId', IdPipe) documentId: string,
    @Headers('range') range: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return this.send(actor, id, ['document', documentId], range, request, response);
  }

  @Get('recordings/:recordingId')
  @Allows('read', 'Referral')
  @ApiOperation({ summary: 'A recording named in the package, its name marked with the reader.' })
  @ApiProduces('audio/*', 'video/*')
  @ApiHeader(RANGE)
  @ApiOkResponse(CONTENT)
  recording(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('recordingId', IdPipe) recordingId: string,
    @Headers('range') range: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return this.send(actor, id, ['recording', recordingId], range, request, response);
  }

  private async send(
    actor: Actor,
    id: string,
    [kind, fileId]: ['document' | 'recording', string],
    range: string | undefined,
    request: Request,
    response: Response,
  ): Promise<StreamableFile> {
    const { content, access } = await this.files.content(actor, id, kind, fileId, range);
    logUnder(request, access);
    response.status(content.status).set(content.headers);
    return content.file;
  }
}
