/** One thing that is not as it was recorded, and where. */
export interface AuditFinding {
  readonly kind:
    | 'eventChanged'
    | 'eventInserted'
    | 'eventMissing'
    | 'payloadChanged'
    | 'payloadMissing'
    | 'keyMissing'
    | 'accessChanged'
    | 'accessInserted'
    | 'accessMissing'
    | 'aggregateInserted'
    | 'aggregateMissing'
    | 'aggregateMismatch'
    | 'stateMismatch'
    | 'chartMismatch'
    | 'stepImpossible'
    | 'rowMissing'
    | 'rowInserted'
    | 'rowChanged'
    | 'sealBroken'
    | 'schemaChanged'
    | 'ledgerChanged'
    | 'ledgerMissing'
    | 'headForged'
    | 'headMissing'
    | 'headMismatch'
    | 'treeChanged'
    | 'checkpointForged'
    | 'checkpointMismatch'
    | 'restoreForged'
    | 'witnessMismatch';
  /** Such as `case/<id>#4` (aggregate, event) or `ledger#17`. */
  readonly where: string;
  readonly what: string;
}

const MOST = 1_000;

/** What a verification finds, each thing once however many checks notice it. */
export class Findings {
  private readonly found = new Map<string, AuditFinding>();
  private beyond = 0;

  add(kind: AuditFinding['kind'], where: string, what: string): void {
    const key = `${kind} ${where}`;
    if (this.found.has(key)) return;
    if (this.found.size >= MOST) this.beyond += 1;
    else this.found.set(key, { kind, where, what });
  }

  get list(): AuditFinding[] {
    return [...this.found.values()];
  }

  /** How many more there are than the list holds. */
  get notListed(): number {
    return this.beyond;
  }

  get none(): boolean {
    return this.found.size === 0;
  }
}

export const placeOf = (event: { aggregate_kind: string; aggregate_id: string; seq: number }): string =>
  `${event.aggregate_kind}/${event.aggregate_id}#${event.seq}`;

/** Runs one statement for the verification, whoever's connection it is. */
export type Ask = <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;
