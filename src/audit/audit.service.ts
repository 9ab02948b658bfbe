import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';
import { InvalidInput } from '../platform/http/problem.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { AccessQueryDto, AccessRecordDto } from './audit.dto.js';
import { type AuditVerification, verifyThrough } from './audit-verify.js';
import { type InclusionProof, proveInclusion } from './inclusion-proof.js';

interface AccessRow {
  id: string;
  at: string;
  actor_id: string | null;
  action: string;
  resource: string;
  outcome: string;
  detail: Record<string, unknown>;
}

/** What an auditor asks: is everything as it was recorded, and who saw what. */
@Injectable()
export class AuditService {
  private underWay: Promise<AuditVerification> | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  /** Verifies the whole installation; who asks meanwhile gets the same answer. */
  verify(actor: Actor): Promise<AuditVerification> {
    this.underWay ??= this.database
      .inActorTx(actor.id, async (tx) => {
        await tx.rows(`SET LOCAL statement_timeout = '15min'`); // it reads everything there is
        return verifyThrough((text, values) => tx.rows(text, values), this.keys, {
          witnessFile: this.config.F1_WITNESS_FILE,
          openSealed: false,
        });
      })
      .finally(() => {
        this.underWay = undefined;
      });
    return this.underWay;
  }

  /** The newest signed checkpoint of the log; throws NotFound before the first. */
  async checkpoint(actor: Actor): Promise<string> {
    const row = await this.database.inActorTx(actor.id, (tx) =>
      tx.one<{ note: string }>('SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1'),
    );
    if (!row) throw new NotFound('checkpoint yet');
    return row.note;
  }

  prove(actor: Actor, aggregateId: string, seq: number): Promise<InclusionProof> {
    return this.database.inActorTx(actor.id, (tx) =>
      proveInclusion((text, values) => tx.rows(text, values), aggregateId, seq),
    );
  }

  /** Access records, newest first. */
  async listAccess(actor: Actor, query: AccessQueryDto): Promise<Page<AccessRecordDto>> {
    const after = afterOf(query.cursor);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      tx.rows<AccessRow>(
        `SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, actor_id, action, resource, outcome,
           detail
         FROM access_log WHERE ($1::timestamptz IS NULL OR (at, id) < ($1::timestamptz, $2::uuid))
           AND ($3::uuid IS NULL OR actor_id = $3) AND ($4::text IS NULL OR starts_with(resource, $4))
         ORDER BY access_log.at DESC, id DESC LIMIT $5`,
        [after?.at ?? null, after?.id ?? null, query.actor ?? null, query.resource ?? null, query.limit + 1],
      ),
    );
    const view = ({ actor_id, ...row }: AccessRow) => ({ ...row, actorId: actor_id });
    return pageOf(rows, query.limit, view, ({ at, id }) => ({ at, id }));
  }
}

/** Microseconds matter here: many records share a millisecond. */
function afterOf(cursor: string | undefined): { at: string; id: string } | undefined {
  const key = readCursor(cursor, ['at', 'id']);
  if (!key) return undefined;
  const [at, id] = [String(key['at']), String(key['id'])];
  if (!Number.isNaN(Date.parse(at)) && /^\d{4}-[0-9T:.-]{1,30}Z$/.test(at) && isUUID(id)) return { at, id };
  throw new InvalidInput([{ pointer: '/cursor', detail: 'is not a cursor of this list: start without one' }]);
}
