import { existsSync, readFileSync } from 'node:fs';

export interface Arrived {
  readonly bodySha256: string;
  readonly packageSha256: string;
  readonly receivedAt: string;
  readonly receipt: string;
  duplicates: number;
  /** Copies with another body, and those of them with another package in it. */
  changed: number;
  otherPackage: number;
}

type Line = { id?: string; duplicateOf?: string; sameBody?: boolean } & Arrived;

/** What the receiver wrote down for itself: each id once, with the receipt it signed, and every copy that came again. */
export function readReceiverLog(path: string): ReadonlyMap<string, Arrived> {
  const arrived = new Map<string, Arrived>();
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as Line;
    if (entry.duplicateOf !== undefined) {
      const first = arrived.get(entry.duplicateOf);
      if (!first) throw new Error(`the receiver counts a duplicate of ${entry.duplicateOf}, which it never took`);
      first.duplicates += 1;
      if (entry.sameBody !== true) first.changed += 1;
      if (entry.packageSha256 !== first.packageSha256) first.otherPackage += 1;
    } else if (entry.id !== undefined) {
      const { bodySha256, packageSha256, receivedAt, receipt } = entry;
      if (arrived.has(entry.id)) throw new Error(`the receiver took ${entry.id} twice as new`);
      arrived.set(entry.id, {
        bodySha256,
        packageSha256,
        receivedAt,
        receipt,
        duplicates: 0,
        changed: 0,
        otherPackage: 0,
      });
    }
  }
  return arrived;
}
