import { join } from 'node:path';
import type { Config } from '../platform/config/config.js';
import { appendLines, readLines } from '../platform/files/json-lines.js';
import type { LedgerHead } from './ledger.js';
import type { RestoreRecord, RestoreStatement } from './restore-record.js';

export type WitnessedHead = LedgerHead & { readonly signature: string };

/** The embedded database has a witness of its own, unless another is named: beside it in the data folder, and not in it. */
export function witnessEmbedded(config: Config): void {
  config.F1_WITNESS_FILE ??= join(config.F1_DATA_DIR, 'witness.jsonl');
}

/**
 * A file outside the database, one signed head or checkpoint a line: whoever rewrites the whole ledger must rewrite this as
 * well. It is only ever added to: after a restore of an older backup a line says so, and the heads that follow are numbered anew from
 * the last one that came with it.
 */
export class Witness {
  private last: number | undefined;
  private size: number | undefined;
  private readonly noted = new Set<string>();

  constructor(private readonly file: string) {}

  lastNumber(): number {
    this.last ??= reached(readSegments(this.file), ({ heads }) => heads.map(({ number }) => number), 'head');
    return this.last;
  }

  append(heads: readonly WitnessedHead[]): void {
    if (heads.length === 0) return;
    appendLines(this.file, heads);
    this.last = heads.at(-1)!.number;
  }

  /** Adds the checkpoint of a log of that size, unless the file has it already. */
  addCheckpoint(size: number, note: string): void {
    this.size ??= reached(readSegments(this.file), (one) => one.checkpoints.map(({ size }) => size), 'checkpoint');
    if (size <= this.size) return;
    appendLines(this.file, [{ size, checkpoint: note }]);
    this.size = size;
  }

  /** Says of each restore that the log goes on from what came with its backup, unless the file says so already. */
  noteRestores(restores: readonly RestoreRecord[]): void {
    const fresh = restores.filter(({ id }) => !this.noted.has(id));
    if (fresh.length === 0) return;
    const there = new Set(readSegments(this.file).map(({ restore }) => restore));
    const missing = fresh.filter(({ id }) => !there.has(id));
    if (missing.length > 0)
      appendLines(
        this.file,
        missing.map(({ id, ...signed }) => ({ restored: id, ...signed })),
      );
    for (const { id } of fresh) this.noted.add(id);
    this.last = this.size = undefined;
  }
}

export interface WitnessedCheckpoint {
  readonly size: number;
  /** The signed note. */
  readonly checkpoint: string;
}

/** What stands in a witness file from one restore to the next. */
export interface WitnessSegment {
  /** Id of the restore it begins with; undefined: the file begins with it. */
  readonly restore?: string;
  /** What came with the backup that was restored. */
  readonly kept?: { readonly head: number; readonly checkpoint: number } | undefined;
  readonly heads: readonly WitnessedHead[];
  readonly checkpoints: readonly WitnessedCheckpoint[];
}

type Line = WitnessedHead | WitnessedCheckpoint | ({ readonly restored: string } & Omit<RestoreRecord, 'id'>);

/** Everything in a witness file; a single empty segment when there is none. Signatures are the caller's to check. */
export function readSegments(file: string): WitnessSegment[] {
  let [heads, checkpoints]: [WitnessedHead[], WitnessedCheckpoint[]] = [[], []];
  const segments: WitnessSegment[] = [{ heads, checkpoints }];
  for (const line of readLines(file) as Line[]) {
    if ('number' in line) heads.push(line);
    else if ('checkpoint' in line) checkpoints.push(line);
    else if ('restored' in line) {
      [heads, checkpoints] = [[], []];
      segments.push({ restore: line.restored, kept: keptBy(line.statement), heads, checkpoints });
    }
  }
  return segments;
}

function keptBy(statement: string): WitnessSegment['kept'] {
  try {
    const { kept } = JSON.parse(statement) as Partial<RestoreStatement>;
    if (Number.isInteger(kept?.head) && Number.isInteger(kept?.checkpoint)) return kept;
  } catch {
    // Said below: a line that somebody wrote by hand takes nothing back.
  }
  return undefined;
}

/** How far a file has got: a restore takes it back to what it kept, once, however many workers wrote that down. */
function reached(
  segments: readonly WitnessSegment[],
  numbers: (segment: WitnessSegment) => readonly number[],
  what: 'head' | 'checkpoint',
): number {
  const seen = new Set<string>();
  let last = 0;
  for (const segment of segments) {
    const { restore, kept } = segment;
    if (restore !== undefined && kept && !seen.has(restore)) last = Math.min(last, kept[what]);
    if (restore !== undefined) seen.add(restore);
    last = numbers(segment).at(-1) ?? last;
  }
  return last;
}

/** The heads in a witness file. */
export const readWitness = (file: string): WitnessedHead[] => readSegments(file).flatMap(({ heads }) => heads);

/** The checkpoints in a witness file. */
export const readCheckpoints = (file: string): WitnessedCheckpoint[] =>
  readSegments(file).flatMap(({ checkpoints }) => checkpoints);
