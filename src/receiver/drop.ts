import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReceiptOffice, take } from './receipts.js';

const REFERRAL = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(jwe|json)$/;

/**
 * How a recipient works through a drop folder: each referral under `out` that has no receipt under `receipts` yet is taken, and
 * its receipt put there, whole. Gives what could not be taken, by file name; it stays where it is.
 */
export async function takeDrop(folder: string, office: ReceiptOffice): Promise<Record<string, string>> {
  const [out, receipts] = [join(folder, 'out'), join(folder, 'receipts')];
  if (!existsSync(out)) return {};
  mkdirSync(receipts, { recursive: true });
  const refused: Record<string, string> = {};
  for (const name of readdirSync(out)) {
    const [, id, kind] = REFERRAL.exec(name) ?? [];
    if (id === undefined) continue;
    const target = join(receipts, `${id}.jws`);
    if (existsSync(target)) continue;
    const taken = await take(office, id, readFileSync(join(out, name)), kind === 'jwe');
    if ('why' in taken) {
      refused[name] = taken.why;
      continue;
    }
    const unfinished = join(receipts, `.${id}.part`);
    writeFileSync(unfinished, taken.receipt);
    renameSync(unfinished, target);
  }
  return refused;
}
