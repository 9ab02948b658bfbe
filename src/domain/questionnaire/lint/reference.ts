import { firmEntries } from '../../timeline/independent-sources.js';
import type { ReferenceFile } from '../format-reference.js';
import type { SourceFile } from '../plan.js';
import { Problems, at } from '../problems.js';
import { indexReference } from '../reference.js';
import type { Finding } from './finding.js';
import { finding } from './report.js';

const LISTS = ['organisations', 'units', 'ranks', 'places', 'events', 'periods'] as const;
const SHOWN = 5;

/** Verified entries on which no cross-check rests, because no second source confirms them; one finding per list. */
export function singleSources({ file, content }: SourceFile): Finding[] {
  const reference = content as ReferenceFile;
  const firm = firmEntries(indexReference([{ file, prefix: '', content: reference }], new Problems()));
  return LISTS.flatMap((list) => {
    const entries = (reference[list] ?? []).filter(({ verified }) => verified);
    const single = entries.filter(({ id }) => !firm.has(id)).map(({ id }) => `"${id}"`);
    if (single.length === 0) return [];
    const shown = single.slice(0, SHOWN).join(', ');
    return [
      finding(
        'singleSource',
        at({ file, pointer: '' }, list),
        `${single.length} of ${entries.length} verified entries rest on one independent source: ${shown}${single.length > SHOWN ? ', ...' : ''}`,
      ),
    ];
  });
}
