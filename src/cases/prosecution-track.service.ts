import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { pageOf, readCursor } from '../platform/http/page.js';
import { ProsecutionTrackStore } from './prosecution-track.store.js';
import { trackEntry, type ProsecutionTrackPage } from './prosecution-track.view.js';

/** Who is excluded, cannot be removed, and is to be extradited or prosecuted. */
@Injectable()
export class ProsecutionTrackService {
  constructor(
    private readonly database: Database,
    private readonly store: ProsecutionTrackStore,
  ) {}

  async list(actor: Actor, query: { cursor?: string; limit: number }): Promise<ProsecutionTrackPage> {
    const cursor = readCursor(query.cursor, ['at', 'id']);
    const after = cursor ? { at: String(cursor['at']), id: String(cursor['id']) } : null;
    const rows = await this.database.inActorTx(actor.id, (tx) => this.store.listInTx(tx, after, query.limit + 1));
    return pageOf(rows, query.limit, trackEntry, (row) => ({ at: row.cursor_at, id: row.case_id }));
  }
}
