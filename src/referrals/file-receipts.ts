import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { constants, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../platform/database/database.js';
import { rateLimited } from '../platform/queue/bull.js';
import { gauge } from '../platform/metrics/figures.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { RECEIPT_KEYS } from './authority-keys.sql.js';
import { dropFolder } from './file.channel.js';
import { ReceiptsService } from './receipts.service.js';
import { verifyReceipt } from './signed-receipt.js';
import { Withdrawals } from './withdrawals.js';

const EVERY_MS = 10_000;
const MOST_BYTES = 16_384;
const RECEIPT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jws$/;

interface Folder {
  readonly authority: string;
  readonly authorityId: string;
  readonly endpoint: string;
  readonly keys: string[];
}

interface Dropped {
  readonly referralId: string;
  readonly workflowHash: string;
  readonly receipted: boolean;
  readonly bodies: string[];
  readonly packageSha256: string;
}

/**
 * Picks up the receipts that recipients put beside what was dropped for them. What is no receipt of theirs for something of
 * ours is reported and left where it is.
 */
@Injectable()
export class FileReceipts implements OnApplicationBootstrap {
  private readonly logger = new Logger('Drop folder');
  private readonly complain = rateLimited((error) =>
    this.logger.warn(`receipts could not be picked up: ${error.message}`),
  );
  private readonly foreign = gauge(
    'f1_drop_foreign_files',
    'Files in drop folders that are no valid receipt of their recipient.',
  );
  /** Paths that need no second look: recorded already. */
  private readonly settled = new Set<string>();
  private readonly reported = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly receipts: ReceiptsService,
    private readonly withdrawals: Withdrawals,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS }, () => this.round(), this.complain);
  }

  /** What must not be picked up any more is taken back first. */
  private async round(): Promise<void> {
    await this.withdrawals.round();
    await this.poll();
  }

  /** Looks into every drop folder once; gives the paths that are no receipts. */
  async poll(): Promise<string[]> {
    const folders = await this.database.inWorkerTx((tx) => tx.rows<Folder>(FOLDERS, [], 'drop_folders'));
    const foreign: string[] = [];
    for (const folder of folders) foreign.push(...(await this.look(folder)));
    this.foreign.set(foreign.length);
    return foreign;
  }

  private async look(folder: Folder): Promise<string[]> {
    const { receipts } = dropFolder(folder.endpoint);
    const foreign: string[] = [];
    for (const name of await readdir(receipts).catch(() => [] as string[])) {
      const path = join(receipts, name);
      if (this.settled.has(path)) continue;
      const problem = await this.take(folder, path, RECEIPT.exec(name)?.[1]).catch(unreadable);
      if (problem === undefined) {
        this.settled.add(path);
        continue;
      }
      foreign.push(path);
      if (this.reported.has(path)) continue;
      this.reported.add(path);
      this.logger.warn(
        { path, authority: folder.authority, problem },
        'a file in a drop folder is no receipt; it is left there',
      );
    }
    return foreign;
  }

  /** Undefined: recorded, now or before. */
  private async take(folder: Folder, path: string, referralId: string | undefined): Promise<string | undefined> {
    if (referralId === undefined) return 'notAReceipt';
    const dropped = await this.database.inWorkerTx((tx) =>
      tx.one<Dropped>(DROPPED, [referralId, folder.authorityId], 'dropped_referral'),
    );
    if (!dropped) return 'unknownReferral';
    if (dropped.receipted) return undefined;
    const text = await beginningOf(path);
    const terms = { referralId, receipts: { keys: folder.keys, ...dropped } };
    const result = await verifyReceipt(text, terms, new Date());
    if (result.outcome !== 'received') return result.problem;
    await this.receipts.record(
      { ...dropped, channel: 'file', authority: folder.authority, alerts: false },
      result,
      null,
    );
    return undefined;
  }
}

/** What the operating system refuses is this file's, and keeps no other receipt waiting; anything else is thrown. */
function unreadable(error: NodeJS.ErrnoException): string {
  if (error.syscall === undefined) throw error;
  return 'unreadable';
}

/** As much as a receipt may be: whatever else lies there is not read into memory. A pipe without a writer would be waited for. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

const FOLDERS = `
  SELECT a.code AS authority, a.id AS "authorityId", a.endpoint, ${RECEIPT_KEYS} AS keys
  FROM authority a WHERE a.channel = 'file' ORDER BY a.code`;

/** Only what was dropped: an attempt that ended waiting for its receipt. */
const DROPPED = `
  SELECT r.id AS "referralId", r.workflow_hash AS "workflowHash", EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id) AS receipted,
    ARRAY(SELECT e.sha256 FROM envelope e WHERE e.referral_id = r.id UNION ALL
      SELECT r.body_sha256 FROM outbox o WHERE o.referral_id = r.id AND o.plain) AS bodies,
    r.body_sha256 AS "packageSha256"
  FROM referral r WHERE r.id = $1 AND r.authority_id = $2 AND EXISTS (SELECT FROM delivery_attempt t
    WHERE t.referral_id = r.id AND t.problem = 'awaitingReceipt')`;
