import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { CaseStore } from './case.store.js';
import { CorrectionsStore } from './corrections.store.js';
import { correctionsView, type CorrectionsView } from './corrections.view.js';

/** What became of the corrections of a case, at each recipient. */
@Injectable()
export class CorrectionsService {
  constructor(
    private readonly database: Database,
    private readonly cases: CaseStore,
    private readonly store: CorrectionsStore,
  ) {}

  /** Throws NotFound also for a case that this person does not see. */
  async list(actor: Actor, caseId: string): Promise<CorrectionsView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await this.cases.findInTx(tx, caseId))) throw new NotFound('case');
      return correctionsView(await this.store.correctionsInTx(tx, caseId), await this.store.toldInTx(tx, caseId));
    });
  }
}
