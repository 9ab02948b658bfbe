import type { Write } from '../platform/database/write.js';

/** The facet of an event that tells which clocks of this subject its command starts, and until when (ISO instants); none: no facet. */
export function clocksStarted(write: Write, subjectId: string): { readonly clocks?: Readonly<Record<string, string>> } {
  const started = write.upserted('deadline').filter((row) => row['subject_id'] === subjectId);
  if (started.length === 0) return {};
  return {
    clocks: Object.fromEntries(started.map((row) => [String(row['kind']), (row['due_at'] as Date).toISOString()])),
  };
}
