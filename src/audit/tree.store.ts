import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import type { Ask } from './audit-findings.js';
import { folded, leafHash, type ReadHashes, TILE } from './merkle.js';

export interface StoredCheckpoint {
  readonly size: number;
  readonly signedAt: Date;
  readonly note: string;
}

const WIDTH = 2 ** TILE;
/** Tiles made in one transaction: a log that was never a tree yet catches up step by step. */
const MOST = 100;

/** The hashes that the tree is read from: ledger rows are its leaves, complete tiles stand for 256 hashes below. */
export const hashesFrom =
  (ask: Ask): ReadHashes =>
  async (level, from, count) => {
    if (level > 0) {
      const tiles = await ask<{ hash: Buffer }>(
        'SELECT hash FROM ledger_tile WHERE level = $1 AND index >= $2 AND index < $3 ORDER BY index',
        [level, from, from + count],
      );
      return tiles.map(({ hash }) => hash);
    }
    const rows = await ask<{ leaf: Buffer }>('SELECT leaf FROM ledger WHERE n > $1 AND n <= $2 ORDER BY n', [
      from,
      from + count,
    ]);
    return rows.map(({ leaf }) => leafHash(leaf));
  };

const askIn =
  (tx: Tx): Ask =>
  <T extends object>(text: string, values?: unknown[]) =>
    tx.rows<T>(text, values);

@Injectable()
export class TreeStore {
  hashesInTx(tx: Tx): ReadHashes {
    return hashesFrom(askIn(tx));
  }

  async sizeInTx(tx: Tx): Promise<number> {
    const row = await tx.one<{ n: string }>('SELECT coalesce(max(n), 0) AS n FROM ledger_head');
    return Number(row?.n ?? 0);
  }

  /** Stores the tiles that have become complete below `size`; says whether there may be more. */
  async growInTx(tx: Tx, size: number): Promise<boolean> {
    let made = 0;
    for (let level = TILE, below = size; below >= WIDTH; level += TILE) {
      const complete = Math.floor(below / WIDTH);
      const next = await this.nextTileInTx(tx, level);
      for (let index = next; index < complete && made < MOST; index++, made++) {
        const hashes = await this.hashesInTx(tx)(level - TILE, index * WIDTH, WIDTH);
        if (hashes.length < WIDTH) break; // of a level that is itself still growing
        const hash = folded(hashes);
        await tx.rows('INSERT INTO ledger_tile (level, index, hash) VALUES ($1, $2, $3)', [level, index, hash]);
      }
      below = complete;
    }
    return made === MOST;
  }

  async lastCheckpointInTx(tx: Tx): Promise<StoredCheckpoint | undefined> {
    const row = await tx.one<{ size: string; signed_at: Date; note: string }>(
      'SELECT size, signed_at, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1',
    );
    return row && { size: Number(row.size), signedAt: row.signed_at, note: row.note };
  }

  async addCheckpointInTx(
    tx: Tx,
    { size, root, signedAt, note }: StoredCheckpoint & { readonly root: Buffer },
  ): Promise<void> {
    await tx.rows('INSERT INTO ledger_checkpoint (size, root, signed_at, note) VALUES ($1, $2, $3, $4)', [
      size,
      root,
      signedAt,
      note,
    ]);
  }

  private async nextTileInTx(tx: Tx, level: number): Promise<number> {
    const row = await tx.one<{ next: string }>(
      'SELECT coalesce(max(index) + 1, 0) AS next FROM ledger_tile WHERE level = $1',
      [level],
    );
    return Number(row?.next ?? 0);
  }
}
