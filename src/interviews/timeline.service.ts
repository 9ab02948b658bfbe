import { Injectable } from '@nestjs/common';
import type { Applicant } from '../cases/applicant.js';
import type { Account } from '../domain/timeline/statements.js';
import { timelineOf, type Timeline } from '../domain/timeline/timeline.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { QuestionnairesService } from '../questionnaires/questionnaires.service.js';
import { type AnswerSaid, childOn, InterviewSessions, sessionOf } from './interview-sessions.js';
import { InterviewStore } from './interview.store.js';
import { TimelineMappings } from './timeline-mappings.js';
import { timelineView, type TimelineView } from './timeline.view.js';

/** More interviews than a case ever has. */
const MOST = 500;

/** One interview of an applicant with every revision of its answers, oldest first. */
export interface InterviewRead {
  readonly id: string;
  readonly openedAt: Date;
  /** Hashes of the questionnaires it is pinned to now. */
  readonly questionnaires: readonly string[];
  readonly answers: readonly AnswerSaid[];
}

/** What one case's interviews say, in the order of time, with what remains to be put to the applicant. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly store: InterviewStore,
    private readonly sessions: InterviewSessions,
    private readonly mappings: TimelineMappings,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  ofCase(actor: Actor, caseId: string): Promise<TimelineView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await this.store.seesCaseInTx(tx, caseId))) throw new NotFound('case');
      return timelineView(await this.ofCaseInTx(tx, caseId));
    });
  }

  /** The part of the case's timeline that one interview told, and the questions that rest on one of its answers. */
  ofInterview(actor: Actor, wanted: string): Promise<TimelineView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, wanted);
      if (!record) throw new NotFound('interview');
      const { entries, questions } = await this.ofCaseInTx(tx, record.case_id);
      return timelineView({
        entries: entries.filter(({ interviewId }) => interviewId === record.id),
        questions: questions.filter(({ answers }) => answers.some(({ interviewId }) => interviewId === record.id)),
      });
    });
  }

  /** The timeline of an account whose answers were read and opened already; interviews in the order in which they were opened. */
  async toldInTx(tx: Tx, birthDate: string, interviews: readonly InterviewRead[]): Promise<TimelineView> {
    const accounts: Account[] = [];
    for (const { id, openedAt, questionnaires, answers } of interviews) {
      const plan = await this.questionnaires.planInTx(tx, questionnaires);
      const session = sessionOf(plan, { child: childOn({ birthDate }, openedAt), language: 'en' }, answers);
      accounts.push({ interviewId: id, session, day: openedAt.toISOString().slice(0, 10) });
    }
    return timelineView(timelineOf({ accounts, mappings: this.mappings.all, registeredBirth: birthDate }));
  }

  /**
   * From this case and the reference data its interviews are pinned to, nothing else. An account given as a witness stays apart
   * from an examination, so it is not among them.
   */
  private async ofCaseInTx(tx: Tx, caseId: string): Promise<Timeline> {
    const key = await this.dataKeys.getInTx(tx, caseId);
    const rows = await this.store.listInTx(tx, caseId, null, MOST);
    const accounts: Account[] = [];
    let registeredBirth: string | undefined;
    for (const record of rows.filter(({ purpose }) => purpose !== 'witness')) {
      const situation = await this.store.getSituationInTx(tx, record.id, !this.sessions.knows(record));
      const { session } = await this.sessions.ofInTx(tx, record, key, situation);
      accounts.push({ interviewId: record.id, session, day: record.created_at.toISOString().slice(0, 10) });
      registeredBirth = key.open<Applicant>(situation.person_sealed, `person:${situation.person_id}`).birthDate;
    }
    return timelineOf({
      accounts,
      mappings: this.mappings.all,
      ...(registeredBirth !== undefined && { registeredBirth }),
    });
  }
}
