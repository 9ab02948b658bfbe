import { Injectable } from '@nestjs/common';
import { Keys } from '../keys/keys.module.js';
import { DataKey } from './sealing.js';
import type { LockedRow, Tx } from './database.js';
import { NotFound } from './errors.js';

/** Opens the data key of a case for whoever the database lets read its wrapped form. */
@Injectable()
export class DataKeys {
  constructor(private readonly keys: Keys) {}

  create(caseId: string): { key: DataKey; row: { case_id: string; wrapped: Buffer; master_key_id: string } } {
    const key = DataKey.create(caseId);
    return { key, row: { case_id: caseId, wrapped: key.wrap(this.keys), master_key_id: this.keys.master.id } };
  }

  ofLocked(row: LockedRow): DataKey {
    return this.unwrap(row.case_id, row['wrapped_key'] as Buffer | null);
  }

  async getInTx(tx: Tx, caseId: string): Promise<DataKey> {
    const row = await tx.one<{ wrapped: Buffer | null }>(
      'SELECT wrapped FROM data_key WHERE case_id = $1',
      [caseId],
      'data_key',
    );
    if (!row) throw new NotFound('case');
    return this.unwrap(caseId, row.wrapped);
  }

  unwrap(caseId: string, wrapped: Buffer | null): DataKey {
    if (wrapped === null) throw new NotFound('case: its content was erased');
    return DataKey.unwrap(caseId, wrapped, this.keys);
  }
}
