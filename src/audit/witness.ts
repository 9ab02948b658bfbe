import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../platform/config/config.js';
import type { LedgerHead } from './ledger.js';

export type WitnessedHead = LedgerHead & { readonly signature: string };

/** The embedded database has a witness of its own, unless another is named: beside it in the data folder, and not in it. */
export function witnessEmbedded(config: Config): void {
  config.F1_WITNESS_FILE ??= join(config.F1_DATA_DIR, 'witness.jsonl');
}

/** A file outside the database, one signed head a line: whoever rewrites the whole ledger must rewrite this as well. */
export class Witness {
  private last: number | undefined;

  constructor(private readonly file: string) {}

  lastNumber(): number {
    this.last ??= readWitness(this.file).at(-1)?.number ?? 0;
    return this.last;
  }

  append(heads: readonly WitnessedHead[]): void {
    if (heads.length === 0) return;
    appendFileSync(this.file, heads.map((head) => `${JSON.stringify(head)}\n`).join(''), { mode: 0o600, flush: true });
    this.last = heads.at(-1)!.number;
  }
}

/** The heads in a witness file; a last line torn by a crash is left out, and none when there is no file yet. */
export function readWitness(file: string): WitnessedHead[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line) as WitnessedHead];
    } catch {
      return [];
    }
  });
}
