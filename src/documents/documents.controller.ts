import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { IdPipe } from '../platform/http/id.pipe.js';
import type { StreamableFile } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { Asked, type Preconditions, preconditionsOf } from '../platform/http/preconditions.js';
import { DocumentsService } from './documents.service.js';
import type { FileContent } from './file-content.js';
import { RecordingsService } from './recordings.service.js';
import {
  AboutDocument,
  AboutRecording,
  AddMarksDto,
  DocumentPage,
  DocumentView,
  RecordingPage,
  RecordingView,
} from './upload.dto.js';
import { receiveUpload } from './upload.js';

const multipartOf = (about: typeof AboutDocument | typeof AboutRecording) => ({
  schema: {
    type: 'object',
    required: ['about', 'file'],
    properties: {
      about: { $ref: getSchemaPath(about), description: 'JSON; it has to come before the file.' },
      file: { type: 'string', format: 'binary' },
    },
  },
});

@ApiTags('Documents and recordings')
@ApiExtraModels(AboutDocument, AboutRecording)
@Controller()
export class DocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly recordings: RecordingsService,
  ) {}

  @Post('cases/:id/documents')
  @Allows('add', 'Document')
  @ApiOperation({ summary: 'Add a document; the same content again is the same document (200).' })
  @ApiConsumes('multipart/form-data')
  @ApiBody(multipartOf(AboutDocument))
  @ApiCreatedResponse({ type: DocumentView })
  async addDocument(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DocumentView> {
    const { key } = preconditionsOf(request);
    const { document, created } = await receiveUpload(request, AboutDocument, (about, upload) =>
      this.documents.add(actor, caseId, about, upload, key),
    );
    response.status(created ? 201 : 200).setHeader('Location', `/api/documents/${document.id}/content`);
    return document;
  }

  @Get('cases/:id/documents')
  @Allows('read', 'Document')
  @ApiOperation({ summary: 'The documents of a case.' })
  @ApiOkResponse({ type: DocumentPage })
  async listDocuments(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DocumentPage> {
    const page = await this.documents.list(actor, caseId, query.cursor, query.limit);
    linkNext(response, page.next);
    return page;
  }

  @Get('documents/:id/content')
  @Allows('read', 'Document')
  @ApiOperation({ summary: 'The content of one document, as it was filed; a range may be asked for.' })
  @ApiProduces('*/*')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async documentContent(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('range') range: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return send(await this.documents.content(actor, id, range), response);
  }

  @Post('interviews/:id/recordings')
  @Allows('add', 'Recording')
  @ApiOperation({
    summary: 'Add a recording of an interview, sealed or not; the same content again is the same one (200).',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody(multipartOf(AboutRecording))
  @ApiCreatedResponse({ type: RecordingView })
  async addRecording(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) interviewId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RecordingView> {
    const { key } = preconditionsOf(request);
    const { recording, created } = await receiveUpload(request, AboutRecording, (about, upload) =>
      this.recordings.add(actor, interviewId, about, upload, key),
    );
    response.status(created ? 201 : 200).setHeader('Location', `/api/recordings/${recording.id}/content`);
    return recording;
  }

  @Get('interviews/:id/recordings')
  @Allows('read', 'Recording')
  @ApiOperation({ summary: 'The recordings of an interview, and where in them answers are given.' })
  @ApiOkResponse({ type: RecordingPage })
  async listRecordings(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) interviewId: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RecordingPage> {
    const page = await this.recordings.list(actor, interviewId, query.cursor, query.limit);
    linkNext(response, page.next);
    return page;
  }

  @Post('recordings/:id/marks')
  @HttpCode(200)
  @Allows('add', 'Recording')
  @ApiOperation({ summary: 'Say where in the recording answers are given.' })
  @ApiOkResponse({ type: RecordingView })
  addMarks(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: AddMarksDto,
    @Asked() asked: Preconditions,
  ): Promise<RecordingView> {
    return this.recordings.mark(actor, id, body.marks, asked);
  }

  @Get('recordings/:id/content')
  @Allows('read', 'Recording')
  @ApiOperation({ summary: 'The sound or picture of one recording; a range may be asked for.' })
  @ApiProduces('audio/*', 'video/*')
  @ApiHeader({ name: 'Range', required: false, description: 'One range of bytes, as players ask for it.' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async recordingContent(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('range') range: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return send(await this.recordings.content(actor, id, range), response);
  }
}

function send({ file, status, headers }: FileContent, response: Response): StreamableFile {
  response.status(status).set(headers);
  return file;
}
