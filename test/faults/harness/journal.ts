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
}

/** What the callers asked for and were told: kept outside the product, for the oracle to hold it against. */
export class Journal {
  private readonly entries: JournalEntry[] = [];
  /** Answers that no walk expected, and commands that never got one. */
  readonly surprises: string[] = [];

  begin(entry: Omit<JournalEntry, 'sends' | 'status'>): JournalEntry {
    const begun: JournalEntry = { ...entry, sends: 0, status: undefined };
    this.entries.push(begun);
    return begun;
  }

  all(): readonly JournalEntry[] {
    return this.entries;
  }

  surprise(what: string): void {
    this.surprises.push(what);
  }
}
