import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/** Adds values to a file, one a line; on the disk when it returns. A last line that a crash has torn is ended first, so that it stays alone. */
export function appendLines(file: string, values: readonly object[]): void {
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  appendFileSync(file, `${endsTorn(file) ? '\n' : ''}${text}`, { mode: 0o600, flush: true });
}

/** The values in a file; torn lines are left out, and there is none when there is no file. */
export function readLines(file: string): object[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [value] : [];
    } catch {
      return [];
    }
  });
}

function endsTorn(file: string): boolean {
  if (!existsSync(file)) return false;
  const opened = openSync(file, 'r');
  try {
    const { size } = fstatSync(opened);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(opened, last, 0, 1, size - 1) === 1 && last[0] !== 10;
  } finally {
    closeSync(opened);
  }
}
