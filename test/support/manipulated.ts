import pg from 'pg';
import type { AuditVerification } from '../../src/audit/audit-verify.js';
import type { Reconciliation } from '../../src/referrals/reconciler.service.js';
import type { TestApplication } from './application.js';

export interface Found {
  /** `kind where`, of every finding. */
  readonly verify: readonly string[];
  /** What the differences are. */
  readonly reconcile: readonly string[];
}

/** A superuser for whom no trigger fires: changes rows, has that looked at, and puts the tables back as they were. */
export class Manipulation {
  private constructor(
    private readonly application: TestApplication,
    private readonly superuser: pg.Client,
  ) {}

  static async of(application: TestApplication): Promise<Manipulation> {
    const superuser = new pg.Client({ connectionString: application.database.superuserUrl });
    await superuser.connect();
    await superuser.query(`SET session_replication_role = 'replica'`);
    return new Manipulation(application, superuser);
  }

  async found(): Promise<Found> {
    const audit: AuditVerification = await this.application.verifyAudit();
    const reconciled: Reconciliation = await this.application.reconcile();
    return {
      verify: audit.findings.map(({ kind, where }) => `${kind} ${where}`),
      reconcile: [...new Set(reconciled.differences.map(({ what }) => what))],
    };
  }

  /** What is found once these statements have run. Each must change something. */
  after(tables: readonly string[], ...statements: readonly string[]): Promise<Found> {
    return this.looking(tables, statements, () => this.found());
  }

  /** Which chains do not fold to their state, as reconciling says, once these statements have run. */
  async chainsAfter(tables: readonly string[], ...statements: readonly string[]): Promise<readonly string[] | null> {
    return this.looking(tables, statements, async () => {
      const { ok, chains } = await this.application.reconcile({ chains: true });
      if (ok !== (chains?.length === 0))
        throw new Error('a chain that does not fold is a difference, and nothing else is here');
      return chains;
    });
  }

  private async looking<T>(
    tables: readonly string[],
    statements: readonly string[],
    look: () => Promise<T>,
  ): Promise<T> {
    for (const table of tables) await this.superuser.query(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    try {
      for (const statement of statements)
        if ((await this.superuser.query(statement)).rowCount === 0) throw new Error(`changes nothing: ${statement}`);
      return await look();
    } finally {
      for (const table of tables) await this.putBack(table);
    }
  }

  /** What is found while `change` holds, which is no change of rows. */
  async whileChanged(change: string, undo: string): Promise<Found> {
    await this.superuser.query(change);
    return this.found().finally(() => this.superuser.query(undo));
  }

  end(): Promise<void> {
    return this.superuser.end();
  }

  private async putBack(table: string): Promise<void> {
    const { rows } = await this.superuser.query<{ names: string }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
      [table],
    );
    const names = rows[0]!.names;
    await this.superuser.query(`DELETE FROM ${table}`);
    await this.superuser.query(`INSERT INTO ${table} (${names}) SELECT ${names} FROM kept_${table}`);
    await this.superuser.query(`DROP TABLE kept_${table}`);
  }
}
