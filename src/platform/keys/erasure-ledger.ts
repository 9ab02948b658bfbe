import { sign, verify } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { canonical, sha256 } from '../database/sealing.js';
import { DomainError } from '../database/errors.js';
import { tellErasures, toldErasures } from './erasure-count.js';
import type { SigningKey } from './signing-key.js';

/** That the key of one case was destroyed: no name and no word of it. */
export interface ErasedCase {
  readonly number: number;
  readonly caseId: string;
  /** ISO instant. */
  readonly erasedAt: string;
  /** Ids of the two accounts. */
  readonly by: readonly string[];
}

interface Line extends ErasedCase {
  /** The number of the line that tells of an erasure which never came to be; then this one tells of none either. */
  readonly didNotHappen?: number;
  /** SHA-256 (hex) of the line before; of nothing for the first. */
  readonly previous: string;
  readonly signature: string;
}

/**
 * A file outside the database, one signed line for each erased case: a backup from before still has the key, and is erased again
 * when it is restored. A line that was changed, taken out or added by somebody else is refused; one torn by a crash counts as none.
 * Whole lines cut off its end show only by what the witness file counts, where there is one.
 */
export class ErasureLedger {
  constructor(
    private readonly file: string,
    private readonly signing: SigningKey,
    private readonly witnessFile?: string,
  ) {}

  /** What was erased, without what a later line says did not happen. Throws DomainError where the file was changed, or has fewer lines than the witness tells of. */
  read(): readonly ErasedCase[] {
    const lines = this.lines();
    const undone = new Set(lines.map(({ didNotHappen }) => didNotHappen));
    return lines
      .filter(({ number, didNotHappen }) => didNotHappen === undefined && !undone.has(number))
      .map(({ number, caseId, erasedAt, by }) => ({ number, caseId, erasedAt, by }));
  }

  /** On the disk when it returns. */
  append(erased: Omit<ErasedCase, 'number'>): void {
    this.add(erased);
  }

  /** Says of the last line that names this case, where there is one, that its erasure did not happen; on the disk when it returns. */
  withdraw(caseId: string): void {
    const wrong = this.read().findLast((line) => line.caseId === caseId);
    if (!wrong) return;
    const { number, ...said } = wrong;
    this.add({ ...said, didNotHappen: number });
  }

  private add(erased: Omit<Line, 'number' | 'previous' | 'signature'>): void {
    const lines = this.lines();
    const last = lines.at(-1);
    const said = { number: lines.length + 1, ...erased, previous: last ? hashOf(last) : '' };
    const signature = sign(null, Buffer.from(canonical(said)), this.signing.privateKey).toString('base64');
    if (existsSync(this.file)) truncateSync(this.file, whole(readFileSync(this.file)).length);
    const line = { ...said, signature };
    appendFileSync(this.file, `${canonical(line)}\n`, { mode: 0o600, flush: true });
    if (this.witnessFile === undefined) return;
    tellErasures(this.witnessFile, { erasures: said.number, last: hashOf(line), at: said.erasedAt }, this.signing);
  }

  private lines(): Line[] {
    const lines = existsSync(this.file) ? this.written() : [];
    const told = this.witnessFile === undefined ? undefined : toldErasures(this.witnessFile, this.signing);
    const last = told && lines[told.erasures - 1];
    if (told && (!last || hashOf(last) !== told.last)) throw cutOff(this.file, lines.length, told.erasures);
    return lines;
  }

  private written(): Line[] {
    const text = whole(readFileSync(this.file)).toString('utf8');
    const lines: Line[] = [];
    for (const [index, written] of text.split('\n').slice(0, -1).entries()) {
      const line = parsed(written);
      const before = lines.at(-1);
      if (
        !line ||
        line.number !== index + 1 ||
        line.previous !== (before ? hashOf(before) : '') ||
        !this.isSigned(line)
      )
        throw new DomainError(
          'erasureLedgerChanged',
          `Line ${index + 1} of the erasure ledger ${this.file} is not as it was written, or was signed with another key. Nothing was done.`,
        );
      lines.push(line);
    }
    return lines;
  }

  private isSigned({ signature, ...said }: Line): boolean {
    const { publicKey, former } = this.signing;
    const then = former.filter(({ until }) => new Date(said.erasedAt) <= until).map((one) => one.publicKey);
    const words = Buffer.from(canonical(said));
    return [publicKey, ...then].some((key) => verify(null, words, key, Buffer.from(signature, 'base64')));
  }
}

/** A ledger that names fewer cases than were erased. */
export const cutOff = (file: string, found: number, known: number): DomainError =>
  new DomainError(
    'erasureLedgerCutOff',
    `The erasure ledger ${file} has ${existsSync(file) ? `${found} lines` : 'no file'}, and at least ${known} cases were erased: what it does not name would come back. Nothing was done. Put the whole file back from where a copy of it is kept, or set F1_ERASURE_LEDGER to it.`,
  );

const hashOf = (line: Line): string => sha256(canonical(line)).toString('hex');

/** What ends with a line feed; a last line without one was torn. */
const whole = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf(10) + 1);

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
