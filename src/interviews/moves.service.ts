import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Mapping } from '../domain/questionnaire/migrate/mapping.js';
import { moveAnswers, type Moves, type Recording } from '../domain/questionnaire/migrate/move-answers.js';
import { moveBack } from '../domain/questionnaire/migrate/move-back.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import { start } from '../domain/questionnaire/session.js';
import { findQuestion } from '../domain/questionnaire/values.js';
import type { IndicatorView } from '../domain/questionnaire/indicator-view.js';
import { view } from '../domain/questionnaire/view.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { json, Write } from '../platform/database/write.js';
import { QuestionnairesService } from '../questionnaires/questionnaires.service.js';
import { addressKey, contentOf, contextOf, itemOf } from './interview-sessions.js';
import { InterviewStore, type InterviewRow, type SituationRow, type StoredAnswer } from './interview.store.js';
import { type MoveRow, MoveStore } from './move.store.js';
import { tokenOfIndicator, tokenOfWords, type ToldIndicator, type ToldIndicators } from './told-indicator.js';

/** One interview as a move finds it. */
interface Found {
  readonly record: InterviewRow;
  readonly key: DataKey;
  readonly situation: SituationRow;
  readonly answers: readonly StoredAnswer[];
  /** Plan after the move, and what the move means; or why it cannot be made. */
  readonly outcome: { readonly to: Plan; readonly moves: Moves } | { readonly refused: string };
}

/**
 * Moves running interviews to another version of their questionnaire, or back: first tried on all without a change, then, once a
 * second author has approved it, carried out one by one. The worker's: authors see numbers, never an interview.
 */
@Injectable()
export class MovesService {
  private readonly logger = new Logger('Moves');

  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly questionnaires: QuestionnairesService,
    private readonly interviews: InterviewStore,
    private readonly store: MoveStore,
  ) {}

  /**
   * Does what waits to be done; returns how many plans it went through. Several workers may do it at once. One interview that fails
   * is refused with its reason and holds up no other; a plan that fails is tried again, after those behind it, and then thrown.
   */
  async run(): Promise<number> {
    const waiting = await this.database.inWorkerTx((tx) => this.store.waitingInTx(tx));
    const failed: unknown[] = [];
    for (const move of waiting)
      await (move.status === 'approved' ? this.carryOut(move) : this.tryOut(move)).catch((error: unknown) =>
        failed.push(error),
      );
    if (failed.length > 0) throw failed[0];
    return waiting.length;
  }

  private async tryOut(move: MoveRow): Promise<void> {
    await this.eachLive(move, async (tx, id) => {
      const record = await this.interviews.findInTx(tx, id);
      if (record)
        await this.store.noteInTx(tx, move.id, id, numbersOf((await this.foundInTx(tx, move, record)).outcome), null);
    });
    await this.database.inWorkerTx((tx) => this.store.triedInTx(tx, move.id));
  }

  /** Each interview in a transaction of its own: what one leaves undone says so, and the next one is turned to. */
  private async eachLive(move: MoveRow, work: (tx: Tx, id: string) => Promise<void>): Promise<void> {
    for (const id of await this.database.inWorkerTx((tx) => this.store.liveInTx(tx, move)))
      await this.database
        .inWorkerTx((tx) => work(tx, id))
        .catch(async (error: Error & { code?: string }) => {
          if (PASSING.test(error.code ?? '')) throw error;
          this.logger.error({ migration: move.id, interview: id, err: error }, 'an interview could not be moved');
          // Its message may quote what was said, and authors see no interview: they are told its kind.
          const kind = [error.name, error.code].filter(Boolean).join(' ');
          const refused = `It failed unexpectedly (${kind}). The log of the worker names this interview and what was wrong; have that put right, then propose the move again.`;
          await this.database.inWorkerTx((tx) => this.store.noteInTx(tx, move.id, id, numbersOf({ refused }), null));
        });
  }

  private async carryOut(move: MoveRow): Promise<void> {
    await this.eachLive(move, (tx, id) => this.moveInTx(tx, move, id));
    await this.database.inWorkerTx(async (tx) => {
      const head = await this.database.lockInTx(tx, 'questionnaire', move.questionnaire_id);
      const counts = await this.store.countsInTx(tx, move.id);
      if (!head || !(await this.store.doneInTx(tx, move.id))) return; // another worker said it
      const event = nextEvent(head as unknown as ChainHead, undefined, {
        aggregateKind: 'questionnaire',
        caseId: null,
        type: 'INTERVIEWS_MOVED',
        actorId: null,
        at: tx.now,
        facets: { state: head['snapshot'], migration: move.id, ...counts },
      });
      await new Write()
        .insert('event', event.row)
        .update('questionnaire_version', { id: move.questionnaire_id }, event.head)
        .run(tx);
    });
  }

  private async moveInTx(tx: Tx, move: MoveRow, id: string): Promise<void> {
    const locked = await this.database.lockInTx(tx, 'interview', id);
    if (!locked || !(await this.store.isLiveInTx(tx, move, id))) return; // sealed or moved meanwhile
    const record = locked as unknown as InterviewRow;
    const { outcome, ...found } = await this.foundInTx(tx, move, record);
    const moved = 'moves' in outcome && outcome.moves.refused.length === 0;
    await this.store.noteInTx(tx, move.id, id, numbersOf(outcome), moved ? tx.now : null);
    if (!moved) return;
    await this.store.repinInTx(tx, move, id);
    await this.writeInTx(tx, move, found, outcome);
  }

  private async foundInTx(tx: Tx, move: MoveRow, record: InterviewRow): Promise<Found> {
    const key = await this.dataKeys.getInTx(tx, record.case_id);
    const situation = await this.interviews.getSituationInTx(tx, record.id, true);
    const answers = situation.answers ?? [];
    return { record, key, situation, answers, outcome: await this.outcomeInTx(tx, move, record, key, situation) };
  }

  private async outcomeInTx(
    tx: Tx,
    move: MoveRow,
    { id }: InterviewRow,
    key: DataKey,
    { questionnaires, answers }: SituationRow,
  ): Promise<Found['outcome']> {
    const position = questionnaires.indexOf(move.from_hash);
    try {
      const from = await this.questionnaires.planInTx(tx, questionnaires);
      const to = await this.questionnaires.planInTx(
        tx,
        questionnaires.map((hash) => (hash === move.from_hash ? move.to_hash : hash)),
      );
      const mapping = position === 0 ? move.mapping : prefixed(move.mapping, move.code);
      const said = (answers ?? []).map((answer) => standingOf(answer, key));
      if (move.reverses === null) return { to, moves: moveAnswers(from, to, mapping, inForce(said)) };
      const movedAt = (await this.store.movedAtInTx(tx, move.reverses, id)).getTime();
      const when = (at: number) => (at < movedAt ? 'before' : at === movedAt ? 'move' : 'since');
      return {
        to,
        moves: moveBack(
          to,
          mapping,
          said.map((one) => ({ ...one, when: when(one.at) })),
        ),
      };
    } catch (error) {
      if (error instanceof DomainError) return { refused: error.message };
      throw error;
    }
  }

  private async writeInTx(
    tx: Tx,
    move: MoveRow,
    { record, key, situation, answers }: Omit<Found, 'outcome'>,
    { to, moves }: { to: Plan; moves: Moves },
  ): Promise<void> {
    const write = new Write();
    const owned = { interview_id: record.id, case_id: record.case_id };
    const facets = { state: record.snapshot, purpose: record.purpose, country: situation.country_of_origin };
    let head: ChainHead = record;
    const append = (type: string, more: object, payload?: object): void => {
      const common = { aggregateKind: 'interview', caseId: record.case_id, actorId: null, at: tx.now } as const;
      const event = nextEvent(head, key, {
        ...common,
        type,
        facets: { ...facets, ...more },
        ...(payload && { payload }),
      });
      write.insert('event', event.row);
      head = { id: record.id, ...event.head };
    };
    const now = view(start(to, contextOf(record, key, situation), inputsAfter(to, answers, key, moves)));
    const about = { owned, key, now: tx.now, raised: situation.raised ?? [] };
    const indicators = writeIndicators(write, about, now.indicators);
    append(
      'MIGRATE',
      { migration: move.id, from: move.from_hash, to: move.to_hash, indicators },
      { dropped: moves.dropped },
    );
    for (const recording of moves.recorded) {
      const row = answerRow(recording, answers, key);
      write.insert('answer', { ...row, ...owned, recorded_at: tx.now });
      append('MIGRATE_ANSWER', { answer: row.id, recordedBy: row.recorded_by });
    }
    write.update('interview', { id: record.id }, { event_seq: head.event_seq, event_hash: head.event_hash });
    await write.run(tx);
  }
}

/** Nothing of this interview: the database went away, or another transaction was in the way. The plan is tried again. */
const PASSING = /^(08|40|53|55|57)|^E[A-Z]+$/;

type Dated = ReturnType<typeof standingOf>;

function standingOf(answer: StoredAnswer, key: DataKey) {
  const { value, status } = contentOf(answer, key);
  const said = status === undefined ? { value } : { status };
  return { questionId: answer.question_id, item: itemOf(answer.item), ...said, at: Date.parse(answer.recorded_at) };
}

const inForce = (said: readonly Dated[]): Dated[] => [
  ...new Map(said.map((one) => [addressKey(one.questionId, one.item), one])).values(),
];

/** In an interview of several questionnaires the ids of the second and further ones begin with their code. */
const prefixed = ({ questions }: Mapping, code: string): Mapping => {
  const named = (id: string): string => (id.includes('.') ? id : `${code}:${id}`);
  const entries = Object.entries(questions).map(
    ([id, one]) => [named(id), 'to' in one ? { ...one, to: named(one.to) } : one] as const,
  );
  return { questions: Object.fromEntries(entries) };
};

/** A further revision of what somebody said; whoever recorded that stays named. */
function answerRow(
  { questionId, item, value, status, source }: Recording,
  answers: readonly StoredAnswer[],
  key: DataKey,
) {
  const id = randomUUID();
  const at = (one: { questionId: string; item: readonly number[] }): StoredAnswer[] =>
    answers.filter(({ question_id, item: of }) => question_id === one.questionId && of === one.item.join('.'));
  const before = at({ questionId, item });
  const said = source ? at(source).at(-1) : before.at(-1);
  if (!said) throw new Error('a move repeats an answer that is not there');
  const { value: _value, status: _status, ...beside } = contentOf(said, key);
  const content = source ? { ...beside, ...(status === undefined ? { value } : { status }) } : { status };
  return {
    id,
    question_id: questionId,
    item: item.join('.'),
    revision: before.length + 1,
    based_on: before.at(-1)?.id ?? null,
    concurrent: false,
    sealed: key.seal(content, `answer:${id}`).bytes,
    recorded_by: said.recorded_by,
  };
}

function inputsAfter(to: Plan, answers: readonly StoredAnswer[], key: DataKey, { recorded }: Moves) {
  const after = new Map(
    [...answers.map((answer) => standingOf(answer, key)), ...recorded].map((one) => [
      addressKey(one.questionId, one.item),
      one,
    ]),
  );
  return [...after.values()]
    .filter(({ questionId }) => findQuestion(to, questionId))
    .map(({ questionId, item, ...said }) => ({
      questionId,
      ...(item.length > 0 && { item }),
      ...('status' in said && said.status !== undefined ? { status: said.status } : { value: said.value }),
    }));
}

/** What of it the event tells. */
function writeIndicators(
  write: Write,
  about: { owned: object; key: DataKey; now: Date; raised: NonNullable<SituationRow['raised']> },
  standing: readonly IndicatorView[],
): ToldIndicators {
  const told: Record<string, ToldIndicator> = {};
  for (const { id, indicator_id } of about.raised) {
    if (standing.some((one) => one.id === indicator_id)) continue;
    write.update('raised_indicator', { id }, { cleared_at: about.now });
    told[id] = null;
  }
  for (const { id, severity, ground, certainty, reason, because, innocent, next } of standing) {
    if (about.raised.some(({ indicator_id }) => indicator_id === id)) continue;
    const row = randomUUID();
    const words = { certainty, reason, because, innocent, next };
    told[row] = { is: tokenOfIndicator(about.key, { id, severity, ground }), says: tokenOfWords(about.key, words) };
    write.insert('raised_indicator', {
      id: row,
      ...about.owned,
      indicator_id: id,
      severity,
      ground,
      sealed: about.key.seal(words, `raised_indicator:${row}`).bytes,
      raised_at: about.now,
    });
  }
  return told;
}

/** What an author is told of one interview. */
function numbersOf(outcome: Found['outcome']) {
  if ('refused' in outcome) return { kept: 0, moved: 0, dropped: json([]), refused: outcome.refused };
  const { kept, recorded, dropped, refused } = outcome.moves;
  const lost = new Map<string, { question: string; reason: string; answers: number }>();
  for (const { questionId: question, reason } of dropped) {
    const place = `${question} ${reason}`;
    lost.set(place, { question, reason, answers: (lost.get(place)?.answers ?? 0) + 1 });
  }
  return {
    kept,
    moved: recorded.filter(({ source }) => source).length,
    dropped: json([...lost.values()]),
    refused: refused.length > 0 ? [...new Set(refused.map(({ reason }) => reason))].join('; ') : null,
  };
}
