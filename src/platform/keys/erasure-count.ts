import { sign, verify } from 'node:crypto';
import { canonical } from '../database/sealing.js';
import { appendLines, readLines } from '../files/json-lines.js';
import type { SigningKey } from './signing-key.js';

/** How many lines the ledger of erasures had at a time, and which was its last. */
export interface ErasureCount {
  readonly erasures: number;
  /** SHA-256 (hex) of the last line. */
  readonly last: string;
  /** ISO instant. */
  readonly at: string;
}

type Signed = ErasureCount & { readonly signature: string };

/** Tells the witness file, kept apart from the ledger of erasures, how long that is: a ledger that is cut off is found out by it. */
export function tellErasures(witnessFile: string, count: ErasureCount, signing: SigningKey): void {
  const signature = sign(null, Buffer.from(canonical(count)), signing.privateKey).toString('base64');
  appendLines(witnessFile, [{ ...count, signature }]);
}

/** The highest count that the witness file has with our signature. */
export function toldErasures(witnessFile: string, signing: SigningKey): ErasureCount | undefined {
  const genuine = readLines(witnessFile).filter(
    (line): line is Signed => 'erasures' in line && isSigned(line, signing),
  );
  return genuine.reduce<Signed | undefined>(
    (most, one) => (most && most.erasures > one.erasures ? most : one),
    undefined,
  );
}

function isSigned(line: object, { publicKey, former }: SigningKey): boolean {
  const { signature, ...count } = line as Signed;
  const then = former.filter(({ until }) => new Date(count.at) <= until).map((one) => one.publicKey);
  const words = Buffer.from(canonical(count));
  return [publicKey, ...then].some((key) => verify(null, words, key, Buffer.from(String(signature), 'base64')));
}
