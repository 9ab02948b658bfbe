import { CODES, type FindingCode } from './codes.js';
import type { Finding, Witness } from './finding.js';
import type { Place } from '../problems.js';

/** A finding at a place; its severity goes with its code. */
export function finding(
  code: FindingCode,
  { file, pointer }: Place,
  reason: string,
  fix: string = CODES[code].instead,
  witness?: Witness,
): Finding {
  return { code, severity: CODES[code].severity, file, pointer, reason, fix, ...(witness && { witness }) };
}

/** `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
export function listed(parts: readonly string[], word = 'and'): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)!}`;
}
