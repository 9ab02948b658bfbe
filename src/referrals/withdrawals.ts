import { Injectable, Logger } from '@nestjs/common';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../platform/database/database.js';
import { sha256 } from '../platform/database/sealing.js';
import { dropFolder } from './file.channel.js';
import { isRecalled } from './recalled.sql.js';

interface Dropped {
  readonly referralId: string;
  readonly authority: string;
  readonly endpoint: string;
  readonly bodies: string[];
}

/**
 * Takes back what lies in a drop folder and must not be picked up any more: the referral was recalled, or its recipient has come to be
 * blocked, since it was dropped. What was picked up already is not there; a file that we did not make is left alone.
 */
@Injectable()
export class Withdrawals {
  private readonly logger = new Logger('Drop folder');

  constructor(private readonly database: Database) {}

  /** Looks at each such referral once; gives the paths that were removed. */
  async round(): Promise<string[]> {
    const dropped = await this.database.inWorkerTx((tx) => tx.rows<Dropped>(WITHDRAWN, [], 'drops_withdrawn'));
    const removed: string[] = [];
    for (const one of dropped) removed.push(...(await this.take(one)));
    return removed;
  }

  private async take({ referralId, authority, endpoint, bodies }: Dropped): Promise<string[]> {
    const { out } = dropFolder(endpoint);
    const removed: string[] = [];
    for (const path of ['jwe', 'json'].map((kind) => join(out, `${referralId}.${kind}`))) {
      const there = await readFile(path).catch(() => undefined);
      if (!there || !bodies.includes(sha256(there).toString('hex'))) continue;
      await rm(path, { force: true });
      removed.push(path);
      this.logger.warn({ referral: referralId, authority, path }, 'withdrawn from the drop folder before it was taken');
    }
    if (removed.length > 0)
      await this.database.inWorkerTx((tx) =>
        tx.rows(`UPDATE outbox SET last_problem = 'withdrawn' WHERE referral_id = $1 AND done_at IS NULL`, [
          referralId,
        ]),
      );
    return removed;
  }
}

const WITHDRAWN = `
  SELECT r.id AS "referralId", a.code AS authority, a.endpoint,
    ARRAY(SELECT e.sha256 FROM envelope e WHERE e.referral_id = r.id UNION ALL SELECT r.body_sha256) AS bodies
  FROM outbox o JOIN referral r ON r.id = o.referral_id JOIN authority a ON a.id = r.authority_id
  WHERE a.channel = 'file' AND o.done_at IS NULL AND (${isRecalled('r.id')} OR f1_blocked(r.case_id, r.authority_id))
    AND EXISTS (SELECT FROM delivery_attempt t WHERE t.referral_id = r.id AND t.problem = 'awaitingReceipt')`;
