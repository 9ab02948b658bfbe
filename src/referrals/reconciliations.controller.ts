import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { linkNext, PageQuery, pageOf, readCursor } from '../platform/http/page.js';
import { reconciliationPage } from './reconciliation-page.js';
import { ReconciliationsStore, type StoredReconciliation } from './reconciliations.store.js';

class ReconciliationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ description: 'Nothing missing, unjustified or overdue.' })
  ok!: boolean;

  @ApiProperty()
  differences!: number;

  @ApiProperty({ description: 'On their way and in time.' })
  inFlight!: number;

  @ApiProperty({ description: 'Whether every chain of events was held against the state it leads to.' })
  chains!: boolean;

  @ApiProperty({
    description: 'Canonical JSON of everything that was found: ids, times and counts. These bytes are signed.',
  })
  statement!: string;

  @ApiProperty({ description: 'Ed25519 over the statement, in base64.' })
  signature!: string;

  @ApiProperty()
  keyId!: string;
}

class ReconciliationPage {
  @ApiProperty({ type: [ReconciliationView] })
  items!: readonly ReconciliationView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

@ApiTags('Audit')
@Controller('reconciliations')
export class ReconciliationsController {
  constructor(
    private readonly database: Database,
    private readonly store: ReconciliationsStore,
    private readonly config: Config,
  ) {}

  @Get()
  @Allows('read', 'Audit')
  @ApiOperation({
    summary:
      'What reconciling found, signed, newest first: while a worker runs, the first one tells what is the case but for the last ten minutes.',
  })
  @ApiOkResponse({ type: ReconciliationPage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReconciliationPage> {
    const cursor = readCursor(query.cursor, ['at', 'id']);
    const after = cursor && { at: cursor['at'], id: cursor['id'] };
    const rows = await this.database.inActorTx(actor.id, (tx) => this.store.pageInTx(tx, after, query.limit + 1));
    const page = pageOf(rows, query.limit, viewOf, ({ at, id }) => ({ at: at.toISOString(), id }));
    linkNext(response, page.next);
    return page;
  }

  @Get('latest.html')
  @Allows('read', 'Audit')
  @ApiOperation({ summary: 'The newest of them as a page for people, with how to check its signature.' })
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  )
  @Header('Cache-Control', 'no-store')
  async latest(@CurrentActor() actor: Actor): Promise<string> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const [newest] = await this.store.pageInTx(tx, undefined, 1);
      return reconciliationPage(newest, tx.now, this.config.F1_TIME_ZONE);
    });
  }
}

const viewOf = (row: StoredReconciliation): ReconciliationView => ({
  id: row.id,
  at: row.at.toISOString(),
  ok: row.ok,
  differences: row.differences,
  inFlight: row.in_flight,
  chains: row.chains,
  statement: row.statement,
  signature: row.signature.toString('base64'),
  keyId: row.key_id,
});
