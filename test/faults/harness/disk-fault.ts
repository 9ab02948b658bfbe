import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.js';

const SECOND = 1000;

/** The database, the stored files and the drop folder have no byte left until callers were told so; then there is room again. */
export const diskFull: Fault = async ({ disk, journal, load }) => {
  if (!disk) throw new Error('this world has no disk of its own');
  const begun = journal.troubles.length;
  const told = () => journal.troubles.slice(begun).filter(({ status }) => status === 507);
  try {
    const walk = load.walk('documented', () => disk.fill());
    for (let waited = 0; told().length < 5 || !told().some(({ what }) => what.includes('/documents')); waited += 100) {
      if (waited > 30 * SECOND) {
        journal.surprise('the disk was full, and not everybody who needed room was told so');
        break;
      }
      await pause(100);
    }
    await pause(2 * SECOND);
    disk.empty();
    await walk;
  } finally {
    disk.empty();
  }
  for (const { status, what } of journal.troubles.slice(begun))
    if (status === 500) journal.surprise(`while the disk was full: ${what}`);
};
