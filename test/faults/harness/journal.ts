/** One command as the caller knows it: what was asked under which key, and the final answer. */
export interface JournalEntry {
  readonly key: string;
  readonly actor: string;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  /** The command's name where the body says one. */
  readonly type: string | undefined;
  /** How often it was sent under the same key before there was an answer. */
  sends: number;
  /** Undefined while nobody knows: every answer so far was lost or said that the server could not tell. */
  status: number | undefined;
  /** By our own clock; no end while there is no answer. */
  readonly begunAt: number;
  endedAt: number | undefined;
  /** After a backup was restored: it came later and is gone, or nobody can say whether the backup has it. */
  fate: 'gone' | 'eitherWay' | undefined;
}

/** What the callers asked for and were told: kept outside the product, for the oracle to hold it against. */
export class Journal {
  private readonly entries: JournalEntry[] = [];
  /** Answers that no walk expected, and commands that never got one. */
  readonly surprises: string[] = [];
  /** Each 5xx, in its order: it says that the server could not, not what became of the command. */
  readonly troubles: { readonly status: number; readonly what: string }[] = [];

  begin(entry: Pick<JournalEntry, 'key' | 'actor' | 'method' | 'path' | 'type'>): JournalEntry {
    const begun: JournalEntry = {
      ...entry,
      sends: 0,
      status: undefined,
      begunAt: Date.now(),
      endedAt: undefined,
      fate: undefined,
    };
    this.entries.push(begun);
    return begun;
  }

  /** The database is again as it was when a backup was taken, at some instant between these two. */
  rolledBack(from: number, to: number): void {
    for (const entry of this.entries) {
      if (entry.fate !== undefined || (entry.endedAt ?? Infinity) < from) continue;
      entry.fate = entry.begunAt > to ? 'gone' : 'eitherWay';
    }
  }

  all(): readonly JournalEntry[] {
    return this.entries;
  }

  surprise(what: string): void {
    this.surprises.push(what);
  }
}
