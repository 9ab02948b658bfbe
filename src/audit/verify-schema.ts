import { catalogueOf, committedCatalogue } from '../platform/database/catalogue.js';
import type { Ask, Findings } from './audit-findings.js';

/** What guards the rows of a table, and what may be added to it by nobody. */
const GUARDS = ['triggers', 'policies', 'constraints'] as const;

/**
 * Holds what guards the rows against the schema that the migrations of this release make: functions, triggers and whether they fire,
 * policies, row-level security, constraints. Without them no row proves what it should. A table or function that an operator added is
 * no finding.
 */
export async function verifySchema(ask: Ask, findings: Findings): Promise<void> {
  const [is, made] = [await catalogueOf(ask), committedCatalogue()];
  const add = (where: string, now: string | undefined, then: string | undefined): void => {
    if (now === then) return;
    const what =
      now === undefined ? 'it is gone' : then === undefined ? 'no migration made it' : 'no migration made it so';
    findings.add('schemaChanged', where, what);
  };
  for (const [name, { kind, body }] of Object.entries(made.functions)) {
    const now = is.functions[name];
    add(`function/${name}`, now && `${now.kind} ${now.body}`, `${kind} ${body}`);
  }
  for (const [table, then] of Object.entries(made.tables)) {
    const now = is.tables[table];
    add(`table/${table}`, now?.rowSecurity, then.rowSecurity);
    for (const part of now ? GUARDS : [])
      for (const name of new Set([...Object.keys(then[part]), ...Object.keys(now![part])]))
        add(`table/${table}/${part}/${name}`, now![part][name], then[part][name]);
  }
}
