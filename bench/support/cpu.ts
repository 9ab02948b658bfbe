import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10; // Linux counts processor time in hundredths of a second

interface Used {
  readonly parent: number;
  readonly own: number;
  /** Of its children that ended. */
  readonly ended: number;
}

/** Processor milliseconds a process has used; undefined where that cannot be seen (only Linux shows it here). */
export function cpuMsOf(pid: number): number | undefined {
  const used = usedBy(String(pid));
  return used && used.own * TICK_MS;
}

/** The same for a process of that name on this machine with its children, living and ended. */
export function cpuMsOfFamily(pid: number, name: string): number | undefined {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== name) return undefined;
  } catch {
    return undefined;
  }
  const parent = usedBy(String(pid));
  if (!parent) return undefined;
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(usedBy)
    .filter((used) => used?.parent === pid);
  return (parent.own + parent.ended + children.reduce((sum, used) => sum + (used?.own ?? 0), 0)) * TICK_MS;
}

function usedBy(pid: string): Used | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (n: number) => Number(fields[n - 3]);
    return { parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) };
  } catch {
    return undefined; // it ended while we looked
  }
}
