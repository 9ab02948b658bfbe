import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type CaseFile, place, type PersonCategory, type Relation } from '../domain/referral/file.js';
import {
  areAlike,
  isTooShort,
  type Marked,
  notLookedThrough,
  standingMarks,
  standsIn,
  statementsOf,
  textsUnmarked,
} from '../domain/referral/whereabouts.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Config } from '../platform/config/config.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { PackagesService } from '../referrals/packages.service.js';
import { type MarkingMade, markingsInTx } from '../referrals/whereabouts-withheld.js';
import { CaseRecords } from './case-records.js';
import { tellOfBlocked } from './blocked-recipients.js';
import { askUnblocking, unblockedByTwo } from './unblocking.js';

/** What is sealed of somebody named in a file. */
export interface ThirdPersonWords {
  readonly name: string;
  readonly about?: string;
  readonly whereabouts?: string;
}

interface ThirdPersonGiven extends ThirdPersonWords {
  readonly category: PersonCategory;
  readonly relation: Relation;
  /** Of nationality and former residence: what is of or for one of them is a blocked recipient of the case. */
  readonly countries: readonly string[];
}

interface ThirdPersonRow {
  readonly id: string;
  readonly category: PersonCategory;
  readonly relation: Relation;
  readonly countries: readonly string[];
  readonly sealed: Buffer;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly whereabouts_approved_at: Date | null;
  readonly withdrawal_asked_by: string | null;
  readonly withdrawal_asked_at: Date | null;
  readonly withdrawn_at: Date | null;
}

/** What is marked, what of the same statements is not, and whether a package would wait for somebody to look. */
function lookedThrough(
  id: string,
  marks: readonly Marked[],
  { whereabouts }: ThirdPersonWords,
  files: readonly CaseFile[],
) {
  const passages = marks.find((one) => one.id === id)?.passages ?? [];
  return {
    passages,
    // Recorded whereabouts count as marked where they stand.
    unmarkedTexts: textsUnmarked(files, [...passages, ...(whereabouts === undefined ? [] : [whereabouts])]),
    answersLookedThrough: !files.some((file) => notLookedThrough(file).includes(id)),
  };
}

/** Persons whom a file names beside the applicant: they travel in their category, their whereabouts only when approved. */
@Injectable()
export class ThirdPersonsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly records: CaseRecords,
    private readonly deadlines: DeadlinesService,
    private readonly packages: PackagesService,
  ) {}

  /** Refuses the country that decides: it would have nobody left to tell of its own cases. */
  async record(
    actor: Actor,
    caseId: string,
    { category, relation, countries, ...words }: ThirdPersonGiven,
    asked: Preconditions,
  ): Promise<string> {
    const own = countries.indexOf(this.config.country);
    if (own >= 0) {
      const detail = 'is the country that decides, whose authorities are told: leave it out';
      throw new InvalidInput([{ pointer: `/countries/${own}`, detail }]);
    }
    const id = randomUUID();
    const ids = { thirdPersonId: id };
    const done = await this.records.record(
      actor,
      caseId,
      asked,
      ids,
      async (tx, write, _record, key) => {
        await tellOfBlocked(this.deadlines, tx, write, caseId, { countries });
        write.insert('third_person', {
          id,
          case_id: caseId,
          category,
          relation,
          countries,
          sealed: key.seal(words, place('third_person', id)).bytes,
          recorded_by: actor.id,
          recorded_at: tx.now,
        });
        return { type: 'RECORD_THIRD_PERSON', facets: { category, relation }, payload: { id, ...words, countries } };
      },
      { withReferrals: true },
    );
    return done.thirdPersonId;
  }

  /**
   * A mistake is withdrawn, not changed: what was told of the person before stays what it was. Where countries of the person bar
   * recipients, a second person must do the same; throws `fourEyes` for the first one's second try.
   */
  async withdraw(actor: Actor, caseId: string, id: string, reason: string, asked: Preconditions): Promise<void> {
    await this.records.record(actor, caseId, asked, { thirdPersonId: id }, async (tx, write) => {
      const { countries, withdrawal_asked_by: askedBy } = await this.getInTx(tx, caseId, id);
      const bars = countries.length > 0;
      if (bars && askedBy === actor.id) throw unblockedByTwo(caseId);
      if (bars && askedBy === null) {
        const asking = { kind: 'thirdPerson', subjectId: id } as const;
        await askUnblocking(this.deadlines, tx, write, { caseId, actorId: actor.id, bars: asking });
        return { type: 'ASK_THIRD_PERSON_WITHDRAWAL', payload: { id, reason } };
      }
      write.update('third_person', { id, withdrawn_at: null }, { withdrawn_by: actor.id, withdrawn_at: tx.now });
      return { type: 'WITHDRAW_THIRD_PERSON', payload: { id, reason } };
    });
  }

  /**
   * Says that everything said so far was looked through for where this person is, and which words tell it; none may. They are
   * withheld from every package until the whereabouts are approved. Throws InvalidInput at a passage that stands nowhere.
   */
  async markPassages(
    actor: Actor,
    caseId: string,
    id: string,
    passages: readonly string[],
    asked: Preconditions,
  ): Promise<void> {
    await this.records.record(actor, caseId, asked, { thirdPersonId: id }, async (tx, _write, _record, key) => {
      const row = await this.getInTx(tx, caseId, id);
      if (row.whereabouts_approved_at)
        throw new DomainError('conflict', 'The whereabouts are approved: nothing of them is withheld any more.');
      const files = await this.packages.filesInTx(tx, caseId, key);
      const faults = passages.flatMap((passage, at) => {
        const pointer = `/passages/${at}`;
        if (isTooShort(passage)) return [{ pointer, detail: 'has fewer than three letters: mark more of the words' }];
        if (standsIn(files, passage)) return [];
        const detail =
          'stands in no text of this case that a package may carry: give the exact words, as one text has them';
        return [{ pointer, detail }];
      });
      if (faults.length > 0) throw new InvalidInput(faults);
      const statements = [...new Set(files.flatMap(statementsOf).map((one) => one.id))];
      return { type: 'MARK_PASSAGES', payload: { id, passages, statements } };
    });
  }

  /** Lets the whereabouts, and every word marked as telling them, leave with the next package. Refused to whoever recorded or marked. */
  async approveWhereabouts(
    actor: Actor,
    caseId: string,
    id: string,
    reason: string,
    asked: Preconditions,
  ): Promise<void> {
    await this.records.record(actor, caseId, asked, { thirdPersonId: id }, async (tx, write, _record, key) => {
      const row = await this.getInTx(tx, caseId, id);
      const words = key.open<ThirdPersonWords>(row.sealed, place('third_person', id));
      const own = (await markingsInTx(tx, caseId, key)).filter((one) => one.id === id);
      if (words.whereabouts === undefined && standingMarks(own).every(({ passages }) => passages.length === 0))
        throw new DomainError('conflict', 'No whereabouts are recorded of this person.');
      if (row.whereabouts_approved_at) throw new DomainError('conflict', 'The whereabouts are approved already.');
      if (row.recorded_by === actor.id)
        throw new DomainError('conflict', 'You recorded this person: have somebody else approve the whereabouts.');
      if (own.some(({ type, actorId }) => type === 'MARK_PASSAGES' && actorId === actor.id))
        throw new DomainError('conflict', 'You marked passages: have somebody else approve the whereabouts.');
      write.update('third_person', { id }, { whereabouts_approved_by: actor.id, whereabouts_approved_at: tx.now });
      return { type: 'APPROVE_WHEREABOUTS', payload: { id, reason } };
    });
  }

  /**
   * Takes back marks that were set by mistake: these words do not tell where the person is, and leave again unless something else
   * withholds them. Throws InvalidInput at a passage that is not marked, `fourEyes` for whoever marked one.
   */
  async withdrawPassages(
    actor: Actor,
    caseId: string,
    id: string,
    { passages, reason }: { readonly passages: readonly string[]; readonly reason: string },
    asked: Preconditions,
  ): Promise<void> {
    await this.records.record(actor, caseId, asked, { thirdPersonId: id }, async (tx, _write, _record, key) => {
      const row = await this.everRecordedInTx(tx, caseId, id);
      if (row.whereabouts_approved_at)
        throw new DomainError('conflict', 'The whereabouts are approved: nothing of them is withheld any more.');
      const { whereabouts } = key.open<ThirdPersonWords>(row.sealed, place('third_person', id));
      const own = (await markingsInTx(tx, caseId, key)).filter((one) => one.id === id);
      const standing = standingMarks(own).flatMap((one) => one.passages);
      const faults = passages.flatMap((passage, at) => {
        const pointer = `/passages/${at}`;
        if (!standing.some((one) => areAlike(one, passage)))
          return [{ pointer, detail: 'is not marked as telling where this person is' }];
        if (whereabouts === undefined || !areAlike(whereabouts, passage)) return [];
        return [{ pointer, detail: 'is recorded as the whereabouts themselves: have these approved instead' }];
      });
      if (faults.length > 0) throw new InvalidInput(faults);
      const marked = own.filter((one) => one.type === 'MARK_PASSAGES' && one.actorId === actor.id);
      const theirs = standingMarks(marked).flatMap((one) => one.passages);
      if (passages.some((passage) => theirs.some((one) => areAlike(one, passage))))
        throw new DomainError('fourEyes', 'You marked these words: somebody else must withdraw the mark.');
      return { type: 'WITHDRAW_PASSAGES', payload: { id, passages, reason } };
    });
  }

  /** Every mark, withdrawal of one and approval in a case, oldest first, of persons withdrawn too. */
  async markings(actor: Actor, caseId: string): Promise<MarkingMade[]> {
    return this.database.inActorTx(actor.id, async (tx) =>
      markingsInTx(tx, caseId, await this.dataKeys.getInTx(tx, caseId)),
    );
  }

  async list(actor: Actor, caseId: string) {
    return this.database.inActorTx(actor.id, async (tx) => {
      const key = await this.dataKeys.getInTx(tx, caseId);
      const rows = await tx.rows<ThirdPersonRow>(
        'SELECT * FROM third_person WHERE case_id = $1 AND withdrawn_at IS NULL ORDER BY recorded_at, id',
        [caseId],
        'third_persons_of_case',
      );
      const marks = standingMarks(await markingsInTx(tx, caseId, key));
      const files = rows.length > 0 ? await this.packages.filesInTx(tx, caseId, key) : [];
      const persons = rows.map((row) => ({
        row,
        words: key.open<ThirdPersonWords>(row.sealed, place('third_person', row.id)),
      }));
      return persons.map(({ row, words }) => ({
        id: row.id,
        category: row.category,
        relation: row.relation,
        countries: row.countries,
        ...words,
        withdrawalAskedAt: row.withdrawal_asked_at?.toISOString() ?? null,
        whereaboutsApproved: row.whereabouts_approved_at !== null,
        ...lookedThrough(row.id, marks, words, files),
        recordedAt: row.recorded_at.toISOString(),
      }));
    });
  }

  private async getInTx(tx: Tx, caseId: string, id: string): Promise<ThirdPersonRow> {
    const row = await this.everRecordedInTx(tx, caseId, id);
    if (row.withdrawn_at) throw new NotFound('person on this case');
    return row;
  }

  /** Withdrawn or not: what was marked of somebody withdrawn is withheld all the same. */
  private async everRecordedInTx(tx: Tx, caseId: string, id: string): Promise<ThirdPersonRow> {
    const row = await tx.one<ThirdPersonRow>(
      'SELECT * FROM third_person WHERE id = $1 AND case_id = $2',
      [id, caseId],
      'third_person_by_id',
    );
    if (!row) throw new NotFound('person on this case');
    return row;
  }
}
