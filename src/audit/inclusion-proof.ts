import type { KeyObject } from 'node:crypto';
import { type EventFacts, eventHash } from '../platform/database/chain.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Ask } from './audit-findings.js';
import { readNote } from './checkpoint.js';
import { EVENT_RECORD, leafOf, type LedgerRecord } from './ledger.js';
import { includes, leafHash, MerkleTree } from './merkle.js';
import { hashesFrom } from './tree.store.js';

/** That one event is in the log, for somebody who sees nothing else of it. Hashes are hex. */
export interface InclusionProof {
  readonly format: 'article-1f inclusion proof 1';
  /** What happened, without its sealed content. */
  readonly event: Omit<EventFacts, 'contentHash'> & {
    readonly contentHash: string | null;
    /** Hash of the event before it in its chain; null for the first. */
    readonly previousHash: string | null;
  };
  /** What the log recorded of it. */
  readonly record: LedgerRecord;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  /** The signed checkpoint that the path leads to. */
  readonly checkpoint: string;
}

interface EventRow {
  n: string | null;
  record: LedgerRecord;
  aggregate_kind: EventFacts['aggregateKind'];
  type: string;
  actor_id: string | null;
  at: Date;
  facets: Record<string, unknown>;
  content_hash: Buffer | null;
  previous: Buffer | null;
}

/** Proves one event against the newest checkpoint. Throws NotFound, or `notYetCovered` until a checkpoint reaches that far. */
export async function proveInclusion(ask: Ask, aggregateId: string, seq: number): Promise<InclusionProof> {
  const [row] = await ask<EventRow>(
    `SELECT l.n, ${EVENT_RECORD} AS record, e.aggregate_kind, e.type, e.actor_id, e.at, e.facets, e.content_hash, p.hash AS previous
     FROM event e LEFT JOIN ledger l ON l.source = 'event' AND l.source_id = e.aggregate_id AND l.source_seq = e.seq
     LEFT JOIN event p ON p.aggregate_id = e.aggregate_id AND p.seq = e.seq - 1
     WHERE e.aggregate_id = $1 AND e.seq = $2`,
    [aggregateId, seq],
  );
  if (!row) throw new NotFound('event');
  const [checkpoint] = await ask<{ size: string; note: string }>(
    'SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1',
  );
  const size = Number(checkpoint?.size ?? 0);
  if (!checkpoint || row.n === null || Number(row.n) > size)
    throw new DomainError(
      'notYetCovered',
      'No signed checkpoint covers this event yet. Ask again after the next one (f1 audit checkpoint signs one now).',
    );
  const index = Number(row.n) - 1;
  const path = await new MerkleTree(size, hashesFrom(ask)).inclusion(index);
  return {
    format: 'article-1f inclusion proof 1',
    event: {
      aggregateId,
      seq,
      aggregateKind: row.aggregate_kind,
      type: row.type,
      actorId: row.actor_id,
      at: row.at.toISOString(),
      facets: row.facets,
      contentHash: row.content_hash?.toString('hex') ?? null,
      previousHash: row.previous?.toString('hex') ?? null,
    },
    record: row.record,
    index,
    size,
    path: path.map((hash) => hash.toString('hex')),
    checkpoint: checkpoint.note,
  };
}

/** Checks a proof with the installation's public key alone; says what is wrong with it, or nothing. */
export function wrongWith(proof: InclusionProof, publicKey: KeyObject): string | undefined {
  const { event, record } = proof;
  const checkpoint = readNote(proof.checkpoint, publicKey);
  if (!checkpoint) return 'the checkpoint is not signed with this key';
  if (checkpoint.size !== proof.size) return 'the proof is for another checkpoint';
  const { previousHash, contentHash, ...facts } = event;
  const bytes = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, 'hex'));
  const hash = eventHash(bytes(previousHash), { ...facts, contentHash: bytes(contentHash) });
  if (record['hash'] !== hash.toString('hex')) return 'the event is not the one that the log recorded';
  if (record['aggregateId'] !== event.aggregateId || record['seq'] !== event.seq)
    return 'the record is about another event';
  const path = proof.path.map((hex) => Buffer.from(hex, 'hex'));
  return includes(leafHash(leafOf('event', record)), proof.index, proof.size, path, checkpoint.root)
    ? undefined
    : 'the path does not lead from the record to the root of the checkpoint';
}
