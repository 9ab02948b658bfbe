import type { KeyProvider } from '../platform/keys/keys.js';
import { keyThatSigned } from '../platform/keys/signing-key.js';
import type { Ask, Findings } from './audit-findings.js';
import {
  ACCESS_RECORD,
  EVENT_RECORD,
  headIsSigned,
  headOf,
  type HeadRow,
  leafOf,
  type LedgerHead,
  type LedgerRecord,
  linkOf,
  startedBelow,
} from './ledger.js';
import { Losses, type RestoreTold } from './restore-record.js';
import { verifyRestores } from './verify-restores.js';
import { TreeVerification } from './verify-tree.js';
import type { WitnessSegment } from './witness.js';

interface Row {
  n: string;
  source: 'event' | 'access';
  source_id: string;
  source_seq: number;
  sealed_hash: Buffer | null;
  leaf: Buffer;
  chain: Buffer;
  kind: string | null;
  record: LedgerRecord | null;
  erased: boolean;
  head: string | null;
}

type SignedHead = LedgerHead & { readonly signature: Buffer };

const PAGE = 2_000;

export interface LedgerCounts {
  readonly heads: number;
  /** Signed checkpoints of the Merkle tree over the ledger. */
  readonly checkpoints: number;
  readonly accesses: number;
  /** Committed, and not yet covered by a signed head: the last second or so. */
  readonly unsequenced: number;
  /** Oldest first, each with what the log lacks since. */
  readonly restores: readonly RestoreTold[];
}

/** Holds the ledger against the records, its chain against itself, its heads against their signatures, and the witness against the heads. */
export async function verifyLedger(
  ask: Ask,
  findings: Findings,
  keys: Pick<KeyProvider, 'signing'>,
  witness: readonly WitnessSegment[],
): Promise<LedgerCounts> {
  const heads = await readHeads(ask, findings, keys);
  const restores = await verifyRestores(ask, findings, keys, heads);
  const lost = new Losses(witness, restores, keys.signing);
  const tree = await TreeVerification.begin(ask, findings, keys, witness, lost);
  await walk(ask, findings, heads, tree);
  tree.end();
  verifyWitness(witness, heads, lost, findings);
  const [row] = await ask<{ accesses: string }>('SELECT count(*) AS accesses FROM access_log');
  return {
    heads: heads.size,
    checkpoints: tree.count,
    accesses: Number(row?.accesses ?? 0),
    unsequenced: await verifyUnsequenced(ask, findings),
    restores: restores.map(({ id, restoredAt, backupTakenAt, witness: read, lostByRestore }) => ({
      ...{ id, restoredAt, backupTakenAt, witness: read, lostByRestore },
    })),
  };
}

async function readHeads(
  ask: Ask,
  findings: Findings,
  { signing }: Pick<KeyProvider, 'signing'>,
): Promise<Map<number, SignedHead>> {
  const heads = new Map<number, SignedHead>();
  for (let last = 0; ;) {
    const page = await ask<HeadRow & { signature: Buffer }>(
      'SELECT * FROM ledger_head WHERE number > $1 ORDER BY number LIMIT $2',
      [last, PAGE],
    );
    if (page.length === 0) return heads;
    for (const row of page) {
      const head = headOf(row);
      for (let gone = last + 1; gone < Math.min(head.number, last + 100); gone++) {
        findings.add('headMissing', `head#${gone}`, 'this signed head is gone');
      }
      const key = keyThatSigned(signing, head.keyId, row.signed_at);
      if (!key || !headIsSigned(head, row.signature, key)) {
        findings.add('headForged', `head#${head.number}`, "its signature is not the installation's");
      }
      heads.set(head.number, { ...head, signature: row.signature });
      last = head.number;
    }
  }
}

/** Walks the ledger in its order, with the record each row stands for beside it. */
async function walk(
  ask: Ask,
  findings: Findings,
  heads: ReadonlyMap<number, SignedHead>,
  tree: TreeVerification,
): Promise<void> {
  const numbered = new Map([...heads.values()].map((head) => [head.n, head]));
  const counts = { events: 0, accesses: 0, aggregates: 0 };
  let n = 0;
  let previous: Buffer | null = null;
  for (let page = await rowsAfter(ask, n); page.length > 0; page = await rowsAfter(ask, n)) {
    const kinds = await kindsOfMissing(ask, page);
    for (const row of page) {
      const here = Number(row.n);
      if (here !== n + 1)
        findings.add('ledgerMissing', `ledger#${n + 1}`, `ledger rows ${n + 1} to ${here - 1} are gone`);
      else if (!linkOf(previous, here, row.leaf).equals(row.chain)) {
        findings.add('ledgerChanged', `ledger#${here}`, 'it does not follow from the ledger row before it');
      }
      verifyRecord(row, row.kind ?? kinds.get(row.source_id) ?? 'aggregate', findings);
      counts[row.source === 'event' ? 'events' : 'accesses'] += 1;
      if (row.source === 'event' && row.source_seq === 1) counts.aggregates += 1;
      const head = numbered.get(here);
      if (head) verifyHead(head, counts, row.chain, findings);
      numbered.delete(here);
      tree.add(row.leaf);
      n = here;
      previous = row.chain;
    }
  }
  for (const head of numbered.values()) {
    findings.add('ledgerMissing', `ledger#${head.n}`, `signed head ${head.number} ends at this row, and it is gone`);
  }
  const [uncovered] = await ask<{ n: string | null }>(
    `SELECT min(n) AS n FROM ledger WHERE n > (SELECT coalesce(max(n), 0) FROM ledger_head)`,
  );
  if (uncovered?.n) {
    findings.add(
      'headMissing',
      `head#${heads.size + 1}`,
      `no signed head covers the ledger from row ${uncovered.n} on`,
    );
  }
}

const rowsAfter = (ask: Ask, n: number): Promise<Row[]> =>
  ask<Row>(
    `SELECT l.n, l.source, l.source_id, l.source_seq, l.sealed_hash, l.leaf, l.chain, e.aggregate_kind AS kind,
       CASE WHEN e.aggregate_id IS NOT NULL THEN ${EVENT_RECORD} WHEN a.id IS NOT NULL THEN ${ACCESS_RECORD} END AS record,
       e.aggregate_id IS NOT NULL AND e.payload IS NULL AND EXISTS (
         SELECT FROM data_key k WHERE k.case_id = e.case_id AND k.erased_at IS NOT NULL) AS erased
     FROM ledger l
     LEFT JOIN event e ON l.source = 'event' AND e.aggregate_id = l.source_id AND e.seq = l.source_seq
     LEFT JOIN access_log a ON l.source = 'access' AND a.id = l.source_id
     WHERE l.n > $1 ORDER BY l.n LIMIT $2`,
    [n, PAGE],
  );

/** Of an event that is gone only the ledger's row speaks; what it belonged to may still say what it is. */
async function kindsOfMissing(ask: Ask, page: readonly Row[]): Promise<Map<string, string>> {
  const missing = page.filter(({ source, record }) => source === 'event' && record === null);
  if (missing.length === 0) return new Map();
  const rows = await ask<{ id: string; kind: string }>(
    'SELECT id, kind FROM f1_aggregate_heads() WHERE id = ANY ($1::uuid[])',
    [missing.map(({ source_id }) => source_id)],
  );
  return new Map(rows.map(({ id, kind }) => [id, kind]));
}

function verifyRecord(row: Row, kind: string, findings: Findings): void {
  const event = row.source === 'event';
  const where = event ? `${kind}/${row.source_id}#${row.source_seq}` : `access/${row.source_id}`;
  if (row.record === null) {
    findings.add(
      event ? 'eventMissing' : 'accessMissing',
      where,
      `it is gone; row ${row.n} of the ledger proves it was here`,
    );
    return;
  }
  const sealed = row.sealed_hash?.toString('hex') ?? null;
  if (event && row.record['sealed'] !== sealed && !(row.erased && row.record['sealed'] === null)) {
    findings.add(
      'payloadChanged',
      where,
      `its sealed content is not what row ${row.n} of the ledger carries the hash of`,
    );
  }
  const record = event ? { ...row.record, sealed } : row.record;
  if (leafOf(row.source, record).equals(row.leaf)) return;
  findings.add(event ? 'eventChanged' : 'accessChanged', where, `it is not what row ${row.n} of the ledger recorded`);
}

function verifyHead(
  head: SignedHead,
  counts: Readonly<Record<'events' | 'accesses' | 'aggregates', number>>,
  chain: Buffer,
  findings: Findings,
): void {
  const where = `head#${head.number}`;
  if (head.chain !== chain.toString('hex')) {
    findings.add('headMismatch', where, `the ledger up to row ${head.n} is not the one this head signs`);
  }
  for (const what of ['events', 'accesses', 'aggregates'] as const) {
    if (head[what] === counts[what]) continue;
    findings.add(
      'headMismatch',
      where,
      `it signs ${head[what]} ${what}, the ledger has ${counts[what]} up to row ${head.n}`,
    );
  }
}

function verifyWitness(
  witness: readonly WitnessSegment[],
  heads: ReadonlyMap<number, SignedHead>,
  lost: Losses,
  findings: Findings,
): void {
  for (const [segment, seen] of witness.flatMap((one, at) => one.heads.map((head) => [at, head] as const))) {
    const head = heads.get(seen.number);
    if (head?.signature.toString('base64') === seen.signature || lost.haveHead(seen, segment)) continue;
    findings.add(
      'witnessMismatch',
      `head#${seen.number}`,
      head ? 'it is not the head that the witness file has' : 'the witness file has this head, the database does not',
    );
  }
}

/**
 * What no head covers yet must be recent: nothing can commit below the watermark any more. After a restore into another cluster
 * everything may, until the next head is signed.
 */
async function verifyUnsequenced(ask: Ask, findings: Findings): Promise<number> {
  const watermark = `(SELECT coalesce((SELECT h.tx_watermark FROM ledger_head h
    WHERE h.number = (SELECT max(number) FROM ledger_head) AND NOT ${startedBelow('h.tx_watermark', 'h.number')}), '0'::xid8))`;
  const late = await ask<{ kind: string; id: string; seq: number }>(`
    SELECT e.aggregate_kind AS kind, e.aggregate_id AS id, e.seq FROM event e WHERE e.tx < ${watermark} AND NOT EXISTS (
      SELECT FROM ledger l WHERE l.source = 'event' AND l.source_id = e.aggregate_id AND l.source_seq = e.seq)
    UNION ALL
    SELECT 'access', a.id, 0 FROM access_log a WHERE a.tx < ${watermark} AND NOT EXISTS (
      SELECT FROM ledger l WHERE l.source = 'access' AND l.source_id = a.id AND l.source_seq = 0)
    LIMIT 5000`);
  for (const { kind, id, seq } of late) {
    const access = kind === 'access';
    findings.add(
      access ? 'accessInserted' : 'eventInserted',
      access ? `access/${id}` : `${kind}/${id}#${seq}`,
      'it claims to be older than the last signed head, and the ledger does not know it',
    );
  }
  const [row] = await ask<{ waiting: string }>(`
    SELECT (SELECT count(*) FROM event WHERE tx >= ${watermark} AND NOT EXISTS (
        SELECT FROM ledger l WHERE l.source = 'event' AND l.source_id = aggregate_id AND l.source_seq = seq))
      + (SELECT count(*) FROM access_log a WHERE tx >= ${watermark} AND NOT EXISTS (
        SELECT FROM ledger l WHERE l.source = 'access' AND l.source_id = a.id AND l.source_seq = 0)) AS waiting`);
  return Number(row?.waiting ?? 0);
}
