import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryResult } from 'pg';
import { holdSending } from '../../src/platform/backup/sending-hold.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import {
  aFileForDecision,
  aHouse,
  type AuthorityWanted,
  type FileOnCase,
  type House,
} from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from './database.js';
import { aQueueBackend } from './queue-backend.js';

/** The product from decision to acknowledgement on a database of its own, and the authorities that are told. */
export interface TellingHouse {
  readonly database: TestDatabase;
  readonly system: INestApplicationContext;
  readonly house: House;
  /** As the owner of the tables, whom row-level security does not bind. */
  owner(sql: string, values?: unknown[]): Promise<QueryResult>;
  /** As the worker. */
  read<T extends object>(sql: string, ...values: unknown[]): Promise<T[]>;
  aFile(): Promise<FileOnCase>;
  /** Applies Article 1F to a new file, and gives what that obliges to. */
  refer(): Promise<{ readonly file: FileOnCase; readonly decisionId: string; readonly id: string }>;
  stop(): Promise<void>;
}

/** `held`: nothing is sent, so that nothing but the test brings a receipt. */
export async function aTellingHouse(
  authorities: readonly AuthorityWanted[],
  { held = false }: { held?: boolean } = {},
): Promise<TellingHouse> {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-telling-'));
  const queue = aQueueBackend();
  const database = await aDatabase();
  await migrateQueue(database.ownerUrl);
  const house = await aHouse(database.ownerUrl, authorities);
  if (held) await asOwner(database.ownerUrl, holdSending);
  const system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
  const aFile = (): Promise<FileOnCase> => aFileForDecision(database.ownerUrl, house, system.get(Keys));
  return {
    ...{ database, system, house, aFile },
    owner: (sql, values = []) => asOwner(database.ownerUrl, (client) => client.query(sql, values)),
    read: (sql, ...values) => system.get(Database).inWorkerTx((tx) => tx.rows(sql, values)),
    async refer() {
      const file = await aFile();
      const { decisionId, obliged } = await decideExclusion(system, house, file);
      return { file, decisionId, id: obliged[0]!.obligationId };
    },
    async stop() {
      await system.close();
      await queue.drop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One authority, `abroad`, is told by webhook. */
export interface Telling extends TellingHouse {
  readonly receiver: RunningReceiver;
}

export async function aTelling(): Promise<Telling> {
  const receiver = await aReceiver();
  const { endpoint, receiptPublicKey } = receiver;
  const house = await aTellingHouse([{ code: 'abroad', webhook: { endpoint, receiptPublicKey } }]);
  receiver.trust(house.system.get(Keys).signing.publicKey);
  return {
    ...house,
    receiver,
    async stop() {
      await house.stop();
      await receiver.close();
    },
  };
}
