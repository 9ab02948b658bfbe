export interface StoredRow {
  readonly table: string;
  /** As in its place. */
  readonly id: string;
  readonly case_id: string;
  /** The aggregate whose event tells of it. */
  readonly of: string;
  readonly at: Date | null;
  readonly sealed: Buffer | null;
  readonly columns: Readonly<Record<string, unknown>>;
}

export interface StoredEvent {
  readonly aggregate_kind: string;
  readonly aggregate_id: string;
  readonly seq: number;
  readonly case_id: string;
  readonly type: string;
  readonly at: Date;
  readonly facets: Readonly<Record<string, unknown>>;
  readonly payload: Buffer | null;
  /** It never had a sealed content. */
  readonly wordless: boolean;
}

export type OpenedRow = StoredRow & { readonly content: unknown };

/** The rows of one case with what is sealed in them. */
export class SealedFile {
  private readonly rows = new Map<string, OpenedRow[]>();
  private readonly broken = new Map<string, Set<string>>();

  add(row: StoredRow, content: unknown): void {
    const known = this.rows.get(row.table) ?? [];
    known.push({ ...row, content });
    this.rows.set(row.table, known);
  }

  /** It is there, and does not open. */
  addBroken({ table, id }: StoredRow): void {
    this.broken.set(table, this.brokenIn(table).add(id));
  }

  brokenIn(table: string): Set<string> {
    return this.broken.get(table) ?? new Set();
  }

  all(table: string): readonly OpenedRow[] {
    return this.rows.get(table) ?? [];
  }

  withId(table: string, id: unknown): readonly OpenedRow[] {
    return this.all(table).filter((row) => row.id === id);
  }

  /** The rows that this event may have written. */
  writtenBy(table: string, { aggregate_id, at }: { aggregate_id: string; at: Date }): readonly OpenedRow[] {
    return this.all(table).filter((row) => row.of === aggregate_id && row.at?.getTime() === at.getTime());
  }
}
