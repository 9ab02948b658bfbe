import { Injectable } from '@nestjs/common';
import { searchReference } from '../domain/questionnaire/reference-search.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page } from '../platform/http/page.js';
import { QuestionnairesService } from '../questionnaires/questionnaires.service.js';
import {
  type ReferenceEntryView,
  referencePage,
  type ReferenceQuery,
  wantedOf,
} from '../questionnaires/reference.view.js';
import { InterviewStore } from './interview.store.js';

/** Finds what an answer may name in the reference data of the questionnaires an interview is pinned to. */
@Injectable()
export class ReferenceLookupService {
  constructor(
    private readonly database: Database,
    private readonly store: InterviewStore,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  /** Best match first. Throws `notFound` for an interview that this person does not see. */
  async search(actor: Actor, interviewId: string, query: ReferenceQuery): Promise<Page<ReferenceEntryView>> {
    const plan = await this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, interviewId);
      if (!record) throw new NotFound('interview');
      const { questionnaires } = await this.store.getSituationInTx(tx, record.id, false);
      return this.questionnaires.planInTx(tx, questionnaires);
    });
    return referencePage(searchReference(plan, wantedOf(query)), query);
  }
}
