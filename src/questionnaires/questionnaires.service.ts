import { Injectable } from '@nestjs/common';
import { compile } from '../domain/questionnaire/compile.js';
import { withNewestModules } from '../domain/questionnaire/newest-modules.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { canonical } from '../platform/database/sealing.js';
import { compilePublished } from './proof.js';
import { type Purpose, type QuestionnaireRow, QuestionnaireStore } from './questionnaire.store.js';

/** Published questionnaires: which one an interview begins with, and the compiled plan of what it is pinned to. */
@Injectable()
export class QuestionnairesService {
  /** By hash, or by the hashes of a combination. Plans are frozen and published versions few, so all that were met stay. */
  private readonly plans = new Map<string, Plan>();

  constructor(private readonly store: QuestionnaireStore) {}

  /**
   * The plan of an interview pinned to these questionnaires, compiled from the database alone. Several make one plan of them
   * all. Throws when one is unknown, was changed in the database; refuses (`conflict`) what contradicts each other.
   */
  async planInTx(tx: Tx, hashes: readonly string[]): Promise<Plan> {
    const key = hashes.join('+');
    const known = this.plans.get(key);
    if (known) return known;
    await this.compileInTx(
      tx,
      hashes.filter((hash) => !this.plans.has(hash)),
    );
    const parts = hashes.map((hash) => this.plans.get(hash)!);
    const plan = parts.length === 1 ? parts[0]! : combined(parts);
    this.plans.set(key, plan);
    return plan;
  }

  /** What an interview of a person from this country begins with; undefined when no pack has that purpose. */
  forCountryInTx(tx: Tx, country: string, purpose: Purpose): Promise<QuestionnaireRow | undefined> {
    return this.store.findForCountryInTx(tx, country, purpose);
  }

  /** By hash, or by code (its newest version). */
  findNamedInTx(tx: Tx, name: string): Promise<QuestionnaireRow | undefined> {
    return this.store.findNamedInTx(tx, name);
  }

  private async compileInTx(tx: Tx, hashes: readonly string[]): Promise<void> {
    if (hashes.length === 0) return;
    const rows = await this.store.bodiesInTx(tx, hashes);
    for (const hash of hashes) {
      const row = rows.find((one) => one.hash === hash);
      if (!row) throw new Error(`the questionnaire ${hash} is not in the database`);
      this.plans.set(hash, compilePublished({ files: row.body.files, code: row.code, hash }));
    }
  }
}

/** Modules are asked once, in their newest version; the ids of the second and further questionnaires begin with their own id. */
function combined(parts: readonly Plan[]): Plan {
  const names = parts.map(({ id, version }) => `${id} v${version}`).join(' and ');
  const files = new Map<string, SourceFile>();
  for (const one of parts.flatMap((plan) => plan.files)) {
    const other = files.get(one.file);
    if (other && canonical(other.content) !== canonical(one.content))
      throw new DomainError(
        'conflict',
        `${names} cannot be used in one interview: they were published with different contents of ${one.file}. ` +
          'Hold two interviews, or ask the authors for new versions.',
      );
    files.set(one.file, one);
  }
  const result = compile(withNewestModules([...files.values()]), { questionnaires: parts.map(({ id }) => id) });
  if (result.ok) return result.plan;
  throw new DomainError(
    'conflict',
    `${names} cannot be used in one interview: ${result.problems[0]?.message ?? ''}. Hold two interviews.`,
  );
}
