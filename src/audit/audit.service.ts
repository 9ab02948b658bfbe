import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { AccessQueryDto, AccessRecordDto } from './audit.dto.js';
import { type AuditVerification, verifyThrough } from './audit-verify.js';

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
      .inActorTx(actor.id, (tx) =>
        verifyThrough((text, values) => tx.rows(text, values), this.keys, {
          witnessFile: this.config.F1_WITNESS_FILE,
          openSealed: false,
        }),
      )
      .finally(() => {
        this.underWay = undefined;
      });
    return this.underWay;
  }

  /** Access records, newest first, and the cursor of the next page if there is one. */
  async listAccess(
    actor: Actor,
    query: AccessQueryDto,
  ): Promise<{ items: AccessRecordDto[]; next: string | undefined }> {
    const [at, id] = query.cursor === undefined ? [null, null] : readCursor(query.cursor);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      tx.rows<AccessRow>(
        `SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, actor_id, action, resource, outcome,
           detail
         FROM access_log WHERE ($1::timestamptz IS NULL OR (at, id) < ($1::timestamptz, $2::uuid))
           AND ($3::uuid IS NULL OR actor_id = $3) AND ($4::text IS NULL OR starts_with(resource, $4))
         ORDER BY access_log.at DESC, id DESC LIMIT $5`,
        [at, id, query.actor ?? null, query.resource ?? null, query.limit + 1],
      ),
    );
    const items = rows.slice(0, query.limit).map(({ actor_id, ...row }) => ({ ...row, actorId: actor_id }));
    const last = items.at(-1);
    return { items, next: rows.length > query.limit && last ? cursorOf(last) : undefined };
  }
}

const cursorOf = ({ at, id }: AccessRecordDto): string => Buffer.from(`${at} ${id}`).toString('base64url');

function readCursor(cursor: string): [string, string] {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f-]{36})$/.exec(text);
  if (!match) throw new InvalidInput([{ pointer: '/cursor', detail: 'must be one that a Link header gave' }]);
  return [match[1]!, match[2]!];
}
