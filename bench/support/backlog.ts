import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { place } from '../../src/domain/referral/file.js';
import { canonical, DataKey, sha256 } from '../../src/platform/database/sealing.js';
import type { KeyProvider } from '../../src/platform/keys/keys.js';

interface Pattern {
  readonly id: string;
  readonly case_id: string;
  readonly cause_id: string;
  readonly kind: string;
  readonly body: Buffer;
  readonly wrapped: Buffer;
  /** As decided: read before any of it is told. */
  readonly snapshot: object;
  readonly event_seq: number;
  readonly event_hash: Buffer;
}

export interface Patterns {
  readonly rows: readonly Pattern[];
  readonly keys: KeyProvider;
}

const AT_ONCE = 200;

/** Referrals that were really decided, from which a backlog is copied. */
export async function patternsIn(database: pg.Client, keys: KeyProvider): Promise<Patterns> {
  const { rows } = await database.query<Pattern>(
    `SELECT r.id, r.case_id, o.cause_id, r.kind, r.body, r.snapshot, r.event_seq, r.event_hash, k.wrapped FROM referral r JOIN obligation o ON o.id = r.id
     JOIN data_key k ON k.case_id = r.case_id ORDER BY r.created_at LIMIT 50`,
  );
  return { rows, keys };
}

/** The package as it would be sent, opened. */
export function packageOf({ rows: [pattern], keys }: Patterns): object {
  const { id, case_id, wrapped, body } = pattern!;
  return JSON.parse(DataKey.unwrap(case_id, wrapped, keys).open<string>(body, place('referral', id))) as object;
}

/**
 * Adds so many obligations with their referrals, each a copy of a real one in a case of its own and sealed anew (of one case, each would
 * wait for the one before it), that nobody works on before they are released. The triggers that guard such rows are off meanwhile: `database` is a superuser's.
 */
export async function addBacklog(
  database: pg.Client,
  { rows, keys }: Patterns,
  count: number,
): Promise<{ release(): Promise<void> }> {
  const opened = rows.map((row) => {
    const key = DataKey.unwrap(row.case_id, row.wrapped, keys);
    return { ...row, text: JSON.parse(key.open<string>(row.body, place('referral', row.id))) as object };
  });
  await database.query(`SET session_replication_role = 'replica'`);
  for (let made = 0; made < count; made += AT_ONCE) {
    const copies = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, n) => {
      const of = opened[(made + n) % opened.length]!;
      const [id, caseId] = [randomUUID(), randomUUID()];
      const key = DataKey.create(caseId);
      const text = canonical({ ...of.text, referralId: id });
      const body = key.seal(text, place('referral', id)).bytes;
      return {
        ...{ case: caseId, wrapped: key.wrap(keys).toString('base64'), master: keys.master.id },
        ...{ id, of: of.id, body: body.toString('base64'), sha256: sha256(text).toString('hex') },
        ...{ snapshot: of.snapshot, seq: of.event_seq, hash: of.event_hash.toString('base64') },
      };
    });
    await database.query(COPY, [JSON.stringify(copies)]);
  }
  await database.query(`SET session_replication_role = 'origin'`);
  return {
    release: async () => {
      await database.query(`UPDATE outbox SET next_attempt_at = f1_now() WHERE next_attempt_at = 'infinity'`);
    },
  };
}

const COPY = `
  WITH copy AS (SELECT * FROM jsonb_to_recordset($1) AS c(
    id uuid, "of" uuid, "case" uuid, wrapped text, master text, body text, sha256 text, snapshot jsonb, seq integer, hash text)),
  opened AS (INSERT INTO case_file (id, reference, unit, procedure_type, country_of_origin, workflow_hash, snapshot, stage, created_by)
    SELECT c."case", 'COPY-' || c."case", f.unit, f.procedure_type, f.country_of_origin, f.workflow_hash, f.snapshot, f.stage, f.created_by
    FROM copy c JOIN referral r ON r.id = c.of JOIN case_file f ON f.id = r.case_id),
  keyed AS (INSERT INTO data_key (case_id, wrapped, master_key_id) SELECT c."case", decode(c.wrapped, 'base64'), c.master FROM copy c),
  obliged AS (INSERT INTO obligation (id, cause_id, case_id, authority_id, kind, due_at)
    SELECT c.id, gen_random_uuid(), c."case", o.authority_id, o.kind, o.due_at FROM copy c JOIN obligation o ON o.id = c.of),
  referred AS (INSERT INTO referral (id, case_id, authority_id, kind, case_reference, legal_basis, grounds, workflow_hash, snapshot,
      body, body_sha256, event_seq, event_hash)
    SELECT c.id, c."case", r.authority_id, r.kind, r.case_reference, r.legal_basis, r.grounds, r.workflow_hash,
      c.snapshot, decode(c.body, 'base64'), c.sha256, c.seq, decode(c.hash, 'base64')
    FROM copy c JOIN referral r ON r.id = c.of)
  INSERT INTO outbox (referral_id, case_id, next_attempt_at) SELECT c.id, c."case", 'infinity' FROM copy c`;
