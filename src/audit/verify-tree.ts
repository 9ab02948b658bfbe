import type { KeyProvider } from '../platform/keys/keys.js';
import type { Ask, Findings } from './audit-findings.js';
import { readOwnNote } from './checkpoint.js';
import { leafHash, nodeHash, TILE } from './merkle.js';
import type { Losses } from './restore-record.js';
import type { WitnessSegment } from './witness.js';

interface Checkpoint {
  readonly size: number;
  readonly note: string;
}

/**
 * Builds the tree again from the leaves as the verification meets them, and holds the stored tiles and the signed checkpoints
 * against it. Keeps only the roots of the complete subtrees at the edge.
 */
export class TreeVerification {
  /** Complete subtrees from left to right, each smaller than the one before. */
  private readonly edge: { readonly level: number; readonly hash: Buffer }[] = [];
  private size = 0;

  private constructor(
    private readonly findings: Findings,
    private readonly tiles: Map<string, Buffer>,
    private readonly checkpoints: Map<number, Buffer>,
  ) {}

  static async begin(
    ask: Ask,
    findings: Findings,
    { signing }: Pick<KeyProvider, 'signing'>,
    witness: readonly WitnessSegment[],
    lost: Losses,
  ): Promise<TreeVerification> {
    const tiles = await ask<{ level: number; index: string; hash: Buffer }>(
      'SELECT level, index, hash FROM ledger_tile',
    );
    const rows = await ask<{ size: string; root: Buffer; note: string }>(
      'SELECT size, root, note FROM ledger_checkpoint',
    );
    const checkpoints = new Map<number, Buffer>();
    for (const { size, root, note } of rows) {
      const signed = readOwnNote(note, signing);
      const honest = signed && signed.size === Number(size) && signed.root.equals(root);
      if (!honest) findings.add('checkpointForged', `checkpoint#${size}`, "its signature is not the installation's");
      checkpoints.set(Number(size), root);
    }
    againstWitness(
      findings,
      rows.map(({ size, note }) => ({ size: Number(size), note })),
      witness,
      lost,
    );
    return new TreeVerification(
      findings,
      new Map(tiles.map(({ level, index, hash }) => [`${level} ${index}`, hash])),
      checkpoints,
    );
  }

  get count(): number {
    return this.checkpoints.size;
  }

  add(leaf: Buffer): void {
    let node = { level: 0, hash: leafHash(leaf) };
    while (this.edge.at(-1)?.level === node.level) {
      node = { level: node.level + 1, hash: nodeHash(this.edge.pop()!.hash, node.hash) };
      if (node.level % TILE === 0) this.compareTile(node);
    }
    this.edge.push(node);
    this.size += 1;
    this.compareCheckpoint();
  }

  /** What is left over stands for records that are gone. */
  end(): void {
    for (const key of this.tiles.keys())
      this.findings.add('treeChanged', `tile#${key.replace(' ', '/')}`, 'the ledger does not reach so far');
    for (const size of this.checkpoints.keys())
      if (size > this.size)
        this.findings.add('ledgerMissing', `ledger#${size}`, `a signed checkpoint reaches to this row, and it is gone`);
  }

  private compareTile({ level, hash }: { level: number; hash: Buffer }): void {
    const index = Math.floor(this.size / 2 ** level);
    const stored = this.tiles.get(`${level} ${index}`);
    this.tiles.delete(`${level} ${index}`);
    // One that is not stored yet follows within seconds.
    if (stored && !stored.equals(hash))
      this.findings.add('treeChanged', `tile#${level}/${index}`, 'it is not the hash over its part of the ledger');
  }

  private compareCheckpoint(): void {
    const root = this.checkpoints.get(this.size);
    if (!root) return;
    const own = this.edge.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right));
    if (!own.equals(root))
      this.findings.add(
        'checkpointMismatch',
        `checkpoint#${this.size}`,
        `the ledger up to row ${this.size} is not the one this checkpoint signs`,
      );
  }
}

function againstWitness(
  findings: Findings,
  stored: readonly Checkpoint[],
  witness: readonly WitnessSegment[],
  lost: Losses,
): void {
  const notes = new Map(stored.map(({ size, note }) => [size, note]));
  for (const [segment, seen] of witness.flatMap((one, at) => one.checkpoints.map((note) => [at, note] as const))) {
    const { size, checkpoint } = seen;
    if (notes.get(size) === checkpoint || lost.haveCheckpoint(seen, segment)) continue;
    const what = notes.has(size)
      ? 'it is not the checkpoint that the witness file has'
      : 'the witness file has this checkpoint, the database does not';
    findings.add('witnessMismatch', `checkpoint#${size}`, what);
  }
}
