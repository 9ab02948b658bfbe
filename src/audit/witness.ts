import { join } from 'node:path';
import type { Config } from '../platform/config/config.js';
import { appendLines, readLines } from '../platform/files/json-lines.js';
import type { LedgerHead } from './ledger.js';

export type WitnessedHead = LedgerHead & { readonly signature: string };

/** The embedded database has a witness of its own, unless another is named: beside it in the data folder, and not in it. */
export function witnessEmbedded(config: Config): void {
  config.F1_WITNESS_FILE ??= join(config.F1_DATA_DIR, 'witness.jsonl');
}

/**
 * A file outside the database, one signed head or checkpoint a line: whoever rewrites the whole ledger must rewrite this as
 * well.
 */
export class Witness {
  private last: number | undefined;
  private size: number | undefined;

  constructor(private readonly file: string) {}

  lastNumber(): number {
    this.last ??= readWitness(this.file).at(-1)?.number ?? 0;
    return this.last;
  }

  append(heads: readonly WitnessedHead[]): void {
    if (heads.length === 0) return;
    appendLines(this.file, heads);
    this.last = heads.at(-1)!.number;
  }

  /** Adds the checkpoint of a log of that size, unless the file has it already. */
  addCheckpoint(size: number, note: string): void {
    this.size ??= readCheckpoints(this.file).at(-1)?.size ?? 0;
    if (size <= this.size) return;
    appendLines(this.file, [{ size, checkpoint: note }]);
    this.size = size;
  }
}

export interface WitnessedCheckpoint {
  readonly size: number;
  /** The signed note. */
  readonly checkpoint: string;
}

/** The heads in a witness file. */
export const readWitness = (file: string): WitnessedHead[] =>
  readLines(file).filter((line): line is WitnessedHead => 'number' in line);

/** The checkpoints in a witness file. */
export const readCheckpoints = (file: string): WitnessedCheckpoint[] =>
  readLines(file).filter((line): line is WitnessedCheckpoint => 'checkpoint' in line);
