import { Injectable } from '@nestjs/common';
import { randomUUID, sign } from 'node:crypto';
import { Database, type Tx } from '../platform/database/database.js';
import { canonical } from '../platform/database/sealing.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { Reconciliation } from './reconciler.service.js';

export interface StoredReconciliation {
  readonly id: string;
  readonly at: Date;
  readonly ok: boolean;
  readonly differences: number;
  readonly in_flight: number;
  readonly chains: boolean;
  readonly statement: string;
  readonly signature: Buffer;
  readonly key_id: string;
}

const COLUMNS = 'id, at, ok, differences, in_flight, chains, statement, signature, key_id';

/** What reconciling found, signed by the installation (Ed25519 over the canonical JSON) and never changed. */
@Injectable()
export class ReconciliationsStore {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  async add(found: Reconciliation): Promise<void> {
    const statement = canonical({ format: 'f1-reconciliation/1', ...found });
    const signature = sign(null, Buffer.from(statement, 'utf8'), this.keys.signing.privateKey);
    const brokenChains = found.chains?.length ?? 0;
    await this.database.inWorkerTx((tx) =>
      tx.rows(
        `INSERT INTO reconciliation (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          randomUUID(),
          found.at,
          found.ok,
          found.differences.length + found.notListed + brokenChains,
          found.inFlight,
          found.chains !== null,
          statement,
          signature,
          this.keys.signing.id,
        ],
        'reconciliation_add',
      ),
    );
  }

  /** Newest first. */
  pageInTx(tx: Tx, after: { at: unknown; id: unknown } | undefined, limit: number): Promise<StoredReconciliation[]> {
    return tx.rows<StoredReconciliation>(
      `SELECT ${COLUMNS} FROM reconciliation WHERE $1::timestamptz IS NULL OR (at, id) < ($1, $2::uuid)
       ORDER BY at DESC, id DESC LIMIT $3`,
      [after?.at ?? null, after?.id ?? null, limit],
      'reconciliation_page',
    );
  }
}
