import { randomUUID, sign, verify } from 'node:crypto';
import { canonical } from '../platform/database/sealing.js';
import { keyThatSigned, type SigningKey } from '../platform/keys/signing-key.js';
import { readOwnNote } from './checkpoint.js';
import { headIsSigned } from './ledger.js';
import type { WitnessedCheckpoint, WitnessedHead, WitnessSegment } from './witness.js';

/** How far the log reached that came with a backup. */
export interface KeptLog {
  /** Number of the last signed head; 0: there was none. */
  readonly head: number;
  /** How many leaves that head covers. */
  readonly leaves: number;
  /** Hex, of the ledger up to there; null: there was no head. */
  readonly chain: string | null;
  /** How many leaves the last signed checkpoint covers; 0: there was none. */
  readonly checkpoint: number;
}

/** What the witness knows to have been in the log and the restored log lacks. */
export interface LostByRestore {
  /** The first leaf, and the last that the witness knows of; the last is the smaller one where it knows of none. */
  readonly fromLeaf: number;
  readonly toLeaf: number;
  /** How many signed heads and checkpoints, and the number of the last of these heads. */
  readonly heads: number;
  readonly checkpoints: number;
  readonly lastHead: number;
  /** When the last of them was signed: an ISO instant. */
  readonly lastSeenAt: string;
  /** The signed note of the last such checkpoint, the tree head that can be reached no more. */
  readonly lastCheckpoint: string | null;
}

/** What is signed of a restore. */
export interface RestoreStatement {
  readonly format: 'article-1f restore 1';
  readonly keyId: string;
  /** ISO instants. */
  readonly restoredAt: string;
  readonly backupTakenAt: string;
  readonly kept: KeptLog;
  /** Whether there was a witness file that could say what is lost. */
  readonly witness: 'none' | 'read';
  readonly lostByRestore: LostByRestore | null;
}

/** As it stands in the database. */
export interface RestoreRecord {
  readonly id: string;
  /** Canonical JSON of a RestoreStatement. */
  readonly statement: string;
  /** Base64. */
  readonly signature: string;
}

export type SignedRestore = RestoreStatement & { readonly id: string };

/** What an audit tells of it each time. */
export type RestoreTold = Pick<SignedRestore, 'id' | 'restoredAt' | 'backupTakenAt' | 'witness' | 'lostByRestore'>;

export function signRestore(said: Omit<RestoreStatement, 'format' | 'keyId'>, signing: SigningKey): RestoreRecord {
  const statement = canonical({ format: 'article-1f restore 1', keyId: signing.id, ...said });
  const signature = sign(null, Buffer.from(statement), signing.privateKey).toString('base64');
  return { id: randomUUID(), statement, signature };
}

/** What a record says, if the installation signed it. */
export function readRestore(
  { id, statement, signature }: RestoreRecord,
  signing: SigningKey,
): SignedRestore | undefined {
  const said = parsed(statement);
  const key = said && keyThatSigned(signing, String(said.keyId), new Date(String(said.restoredAt)));
  if (!key || !verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64'))) return undefined;
  return { ...said, id };
}

function parsed(statement: string): RestoreStatement | undefined {
  try {
    return JSON.parse(statement) as RestoreStatement;
  } catch {
    return undefined;
  }
}

/**
 * What the restored log lacks of what the witness knows; null: nothing. Counts only what the installation signed, and nothing
 * that an earlier restore lost already.
 */
export function lostByRestore(
  kept: KeptLog,
  segments: readonly WitnessSegment[],
  earlier: readonly SignedRestore[],
  signing: SigningKey,
): LostByRestore | null {
  const losses = new Losses(segments, earlier, signing);
  const heads = new Map<string, WitnessedHead>();
  const checkpoints = new Map<string, WitnessedCheckpoint>();
  for (const [at, segment] of segments.entries()) {
    for (const head of segment.heads)
      if (head.number > kept.head && isOwnHead(head, signing) && !losses.haveHead(head, at))
        heads.set(head.signature, head);
    for (const one of segment.checkpoints)
      if (one.size > kept.checkpoint && readOwnNote(one.checkpoint, signing) && !losses.haveCheckpoint(one, at))
        checkpoints.set(one.checkpoint, one);
  }
  if (heads.size + checkpoints.size === 0) return null;
  const [lostHeads, lostCheckpoints] = [[...heads.values()], [...checkpoints.values()]];
  const times = [
    ...lostHeads.map(({ signedAt }) => signedAt),
    ...lostCheckpoints.map(({ checkpoint }) => readOwnNote(checkpoint, signing)!.signedAt),
  ];
  const largest = (numbers: readonly number[]): number => numbers.reduce((most, one) => Math.max(most, one), 0);
  return {
    fromLeaf: kept.leaves + 1,
    toLeaf: largest([kept.leaves, ...lostHeads.map(({ n }) => n), ...lostCheckpoints.map(({ size }) => size)]),
    heads: lostHeads.length,
    checkpoints: lostCheckpoints.length,
    lastHead: largest(lostHeads.map(({ number }) => number)),
    lastSeenAt: new Date(largest(times.map((time) => Date.parse(time)))).toISOString(),
    lastCheckpoint:
      lostCheckpoints.reduce<WitnessedCheckpoint | undefined>(
        (last, one) => (last && last.size > one.size ? last : one),
        undefined,
      )?.checkpoint ?? null,
  };
}

/** Which lines of a witness file are known, by signed records, to be lost. */
export class Losses {
  /** Of each segment, the restores that its lines come after. */
  private readonly before: readonly ReadonlySet<string>[];

  constructor(
    segments: readonly WitnessSegment[],
    private readonly restores: readonly SignedRestore[],
    private readonly signing: SigningKey,
  ) {
    const seen = new Set<string>();
    this.before = segments.map(({ restore }) => {
      if (restore) seen.add(restore);
      return new Set(seen);
    });
  }

  haveHead(head: WitnessedHead, segment: number): boolean {
    return this.some(
      segment,
      head.signedAt,
      ({ kept, lost }) =>
        head.number > kept.head &&
        head.number <= lost.lastHead &&
        head.n <= lost.toLeaf &&
        isOwnHead(head, this.signing),
    );
  }

  haveCheckpoint({ size, checkpoint }: WitnessedCheckpoint, segment: number): boolean {
    const note = readOwnNote(checkpoint, this.signing);
    return (
      note?.size === size &&
      this.some(segment, note.signedAt, ({ kept, lost }) => size > kept.checkpoint && size <= lost.toLeaf)
    );
  }

  /** What was signed after the last thing that a restore lost, or is written after that restore, it did not lose. */
  private some(
    segment: number,
    signedAt: string,
    fits: (restore: { readonly kept: KeptLog; readonly lost: LostByRestore }) => boolean,
  ): boolean {
    return this.restores.some(({ id, kept, lostByRestore: lost }) => {
      if (lost === null || this.before[segment]!.has(id)) return false;
      return Date.parse(signedAt) <= Date.parse(lost.lastSeenAt) && fits({ kept, lost });
    });
  }
}

function isOwnHead({ signature, ...head }: WitnessedHead, signing: SigningKey): boolean {
  const key = keyThatSigned(signing, head.keyId, new Date(head.signedAt));
  return key !== undefined && headIsSigned(head, Buffer.from(signature, 'base64'), key);
}
