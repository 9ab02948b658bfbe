import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { Config } from '../../src/platform/config/config.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from './database.js';

const PROSECUTION = authorityId('demo-prosecution');
const UNIT = authorityId('demo-war-crimes-unit');

/** A database in which two authorities were told, with plain connections of the owner, the API and the portal. */
export interface PortalRole {
  readonly owner: pg.Client;
  readonly api: pg.Client;
  readonly portal: pg.Client;
  readonly superuserUrl: string;
  /** Told to the prosecution alone. */
  readonly own: CaseFileIds;
  /** Told to the war crimes unit alone. */
  readonly foreign: CaseFileIds;
  /** Of one case, told to both: the referral to the prosecution, and the one to the war crimes unit. */
  readonly shared: CaseFileIds;
  /** The referrals to the prosecution: of its own case, and of the shared one. */
  readonly told: readonly string[];
  /** The names of all tables. */
  readonly tables: readonly string[];
  /** Names the actor of what follows on a connection, as nobody but the product should. */
  claim(username: string | null, client?: pg.Client): Promise<unknown>;
  /** Has the grant of a referral's recipient revoked by the side that sent it. */
  revokeGrant(referralId: string): Promise<void>;
  close(): Promise<void>;
}

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
};

/** How many rows a query gives; `closed` where the role may not ask. */
export const count = (client: pg.Client, text: string, values: unknown[] = []): Promise<number | 'closed'> =>
  client.query(text, values).then(
    ({ rowCount }) => rowCount ?? 0,
    (error: { code?: string }) => {
      if (error.code === '42501') return 'closed';
      throw error;
    },
  );

export async function aPortalRole(): Promise<PortalRole> {
  const database = await aDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'f1-portal-'));
  await seedDemo(database.ownerUrl, folder);
  const { owner, api, portal } = await connections(database);
  const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
  const file = (...authorities: string[]) =>
    aCaseFile(owner, { keys, unit: 'central', by: accountId('officer'), authorities });
  const own = await file(PROSECUTION);
  const foreign = await file(UNIT);
  const shared = await file(PROSECUTION, UNIT);
  await nameFiles(owner);
  await askAboutPersons(owner);
  await startClocks(owner);
  const named = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  return {
    ...{ owner, api, portal, own, foreign, shared },
    superuserUrl: database.superuserUrl,
    told: [own.referralIds[0]!, shared.referralIds[0]!],
    tables: named.rows.map(({ name }) => name),
    claim: (username, client = portal) =>
      client.query(`SELECT set_config('f1.actor', $1, false)`, [username === null ? '' : accountId(username)]),
    async revokeGrant(referralId) {
      await owner.query(
        `UPDATE access_grant SET revoked_at = now(), revoked_by = $2, sealed_revocation = 'x' WHERE referral_id = $1`,
        [referralId, accountId('legal')],
      );
    },
    async close() {
      await Promise.all([owner, api, portal].map((client) => client.end()));
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connections(database: TestDatabase): Promise<Pick<PortalRole, 'owner' | 'api' | 'portal'>> {
  const { ownerUrl, apiUrl, portalUrl } = database;
  const [owner, api, portal] = await Promise.all([connect(ownerUrl), connect(apiUrl), connect(portalUrl)]);
  return { owner, api, portal };
}

/** Every document and recording stands in every package of its case. */
async function nameFiles(owner: pg.Client): Promise<void> {
  const files = `SELECT r.id, r.case_id, x.kind, x.ref FROM referral r JOIN (
    SELECT case_id, 'document' AS kind, id::text AS ref FROM document UNION ALL SELECT case_id, 'recording', id::text FROM recording) x
    USING (case_id)`;
  await owner.query(`INSERT INTO referral_item (referral_id, case_id, kind, ref) ${files}`);
}

/** Both authorities asked about a person, and the prosecution has its answer. */
async function askAboutPersons(owner: pg.Client): Promise<void> {
  for (const [asked, by] of [
    ['prosecutor', PROSECUTION],
    ['war-crimes', UNIT],
  ] as const) {
    const id = randomUUID();
    await owner.query(
      `INSERT INTO person_request (id, authority_id, purpose, sealed, wrapped, master_key_id, asked_by, asked_at, due_at, event_seq,
         event_hash) VALUES ($1, $2, 'investigation', '', '', 'k', $3, now(), now(), 0, '')`,
      [id, by, accountId(asked)],
    );
    if (asked === 'war-crimes') continue;
    await owner.query(
      `INSERT INTO person_request_answer (request_id, outcome, refusal, sealed, decided_by, decided_at, told_from)
       VALUES ($1, 'refused', 'notDisclosed', NULL, $2, now(), now())`,
      [id, accountId('decider')],
    );
  }
}

async function startClocks(owner: pg.Client): Promise<void> {
  await owner.query(
    `INSERT INTO deadline (id, case_id, subject_id, kind, source, due_at, half_at, most_at)
     SELECT gen_random_uuid(), case_id, id, kind, 'house rule', now(), now(), now() FROM (
       SELECT case_id, id, 'requestAnswer' AS kind FROM referral_request UNION ALL SELECT case_id, id, 'holdDecision' FROM hold
       UNION ALL SELECT case_id, id, 'refer' FROM referral UNION ALL SELECT case_id, id, 'grantReview' FROM referral) clock`,
  );
}
