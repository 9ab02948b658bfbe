import { Injectable } from '@nestjs/common';
import { type Applicant, applicantOf, assertBorn } from '../cases/applicant.js';
import { lockedCase } from '../cases/cases.service.js';
import { addTokens, countriesOf } from '../cases/particulars.js';
import { tellOfBlocked } from '../cases/blocked-recipients.js';
import { askUnblocking, assertUnblockable } from '../cases/unblocking.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import {
  type CountryChanges,
  countryChanges,
  type CountryLink,
  type HeldCountry,
  type SecondWord,
} from '../domain/referral/country-changes.js';
import { Config } from '../platform/config/config.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { CorrectParticularsDto } from './person-command.dto.js';

/** In these stages nobody has yet relied on how old the applicant was. */
const OPEN_TO_AGE: readonly string[] = [
  'triage',
  'returned',
  'preparing',
  'interviewing',
  'pausedForCaution',
  'analysing',
];

/** Corrects what is known of the person: names, dates, countries, representative. Both chains say so, and why. */
@Injectable()
export class ParticularsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly keys: Keys,
    private readonly deadlines: DeadlinesService,
  ) {}

  async correct(
    actor: Actor,
    caseId: string,
    { applicant: given, reason, unblocks }: CorrectParticularsDto,
    asked: Preconditions,
  ): Promise<void> {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id: caseId } };
    const lock = { aggregate: 'case' as const, id: caseId, withReferrals: true as const };
    await this.database.once({ ...claim, lock }, async (tx, locked) => {
      const record = lockedCase(locked, asked);
      const key = this.dataKeys.ofLocked(record);
      const applicant = applicantOf(given);
      assertBorn(applicant, tx.now);
      const person = await this.lockPersonInTx(tx, caseId);
      const before = key.open<Applicant>(person.sealed, placeOf(person));
      const write = new Write();
      if (before.birthDate !== applicant.birthDate) await this.reopenAgesInTx(tx, caseId, record.stage);
      const { country_of_origin: countryOfOrigin } = record;
      const wanted = countriesOf({ countryOfOrigin, applicant, ownCountry: this.config.country });
      const { unblocked, stillBlocked } = await this.changeCountriesInTx(tx, { caseId, personId: person.id }, wanted, {
        actorId: actor.id,
        unblocks,
      });
      await tx.rows('DELETE FROM person_token WHERE person_id = $1', [person.id]);
      addTokens(write, this.keys, { personId: person.id, caseId, applicant });
      this.sealPerson(tx, write, person, { caseId, key, actor, reason, applicant });
      const noted = nextEvent(record, key, {
        aggregateKind: 'case',
        caseId,
        type: 'CORRECT_PARTICULARS',
        actorId: actor.id,
        at: tx.now,
        facets: { state: record.snapshot, unblocked, stillBlocked },
        payload: { reason },
      });
      await write
        .insert('event', noted.row)
        .update('case_file', { id: caseId, version: record.version }, { version: record.version + 1, ...noted.head })
        .run(tx);
    });
  }

  /** Names a country again that was corrected away and is to go on to bar; the person's chain says why. */
  async keepInTx(
    tx: Tx,
    write: Write,
    { kept: { country, link }, ...said }: Omit<Said, 'applicant'> & { readonly kept: KeptCountry },
  ): Promise<void> {
    const person = await this.lockPersonInTx(tx, said.caseId);
    const before = said.key.open<Applicant>(person.sealed, placeOf(person));
    const list = link === 'nationality' ? 'nationalities' : 'residences';
    this.sealPerson(tx, write, person, { ...said, applicant: { ...before, [list]: [...before[list], country] } });
  }

  private sealPerson(
    tx: Tx,
    write: Write,
    person: LockedPerson,
    { caseId, key, actor, reason, applicant }: Said,
  ): void {
    const said = nextEvent(person, key, {
      aggregateKind: 'person',
      caseId,
      type: 'CORRECT_PARTICULARS',
      actorId: actor.id,
      at: tx.now,
      facets: { state: person.snapshot, ownCountry: this.config.country },
      payload: { applicant, reason },
    });
    const changes = {
      sealed: key.seal(applicant, placeOf(person)).bytes,
      has_representative: applicant.representative !== undefined,
      identity_recorded_by: actor.id,
      version: person.version + 1,
      ...said.head,
    };
    write.insert('event', said.row).update('person', { id: person.id }, changes);
  }

  /** A country stops barring recipients when a second person unblocks it by its name; the database asks for two as well. */
  private async changeCountriesInTx(
    tx: Tx,
    { caseId, personId }: { readonly caseId: string; readonly personId: string },
    wanted: readonly CountryLink[],
    said: SecondWord,
  ): Promise<CountryChanges> {
    const held = await tx.rows<HeldCountry>(
      'SELECT country, link, dropped_by FROM person_country WHERE person_id = $1',
      [personId],
    );
    assertUnblockable(caseId, held, wanted, said);
    const changes = countryChanges(held, wanted, said);
    const write = new Write();
    for (const { country, link } of changes.added)
      write.insert('person_country', { person_id: personId, case_id: caseId, country, link });
    const added = changes.added.map(({ country }) => country);
    if (added.length > 0) await tellOfBlocked(this.deadlines, tx, write, caseId, { countries: added });
    for (const { country, link, dropped_by: by } of changes.restored) {
      const outcome = by === said.actorId ? 'withdrawn' : 'refused';
      const asked = { subject_id: personId, country, link, outcome: null };
      write.update('unblocking', asked, { outcome, ended_by: said.actorId, ended_at: tx.now });
    }
    for (const { country, link } of changes.dropped) {
      const bars = { kind: 'country', subjectId: personId, country, link } as const;
      await askUnblocking(this.deadlines, tx, write, { caseId, actorId: said.actorId, bars });
    }
    await write.run(tx);
    const removed = new Write();
    for (const { country, link } of changes.removed)
      removed.remove('person_country', { person_id: personId, country, link });
    await removed.run(tx);
    return changes;
  }

  /** Another birth date is another age at each act: every allegation is to be looked at again before anybody relies on it. */
  private async reopenAgesInTx(tx: Tx, caseId: string, stage: string): Promise<void> {
    const known = await tx.rows('SELECT FROM allegation WHERE case_id = $1 AND withdrawn_at IS NULL', [caseId]);
    if (known.length === 0) return;
    if (!OPEN_TO_AGE.includes(stage)) {
      throw new DomainError(
        'conflict',
        'The analysis rests on this birth date. Have it returned to analysis first; then correct the date and save each allegation again.',
      );
    }
    await tx.rows('UPDATE allegation SET complete = false WHERE case_id = $1', [caseId]);
  }

  private async lockPersonInTx(tx: Tx, caseId: string): Promise<LockedPerson> {
    const row = await tx.one<{ id: string }>('SELECT id FROM person WHERE case_id = $1', [caseId]);
    const person = row && (await this.database.lockInTx(tx, 'person', row.id));
    if (!person) throw new NotFound('case');
    return person as unknown as LockedPerson;
  }
}

const placeOf = ({ id }: LockedPerson): string => `person:${id}`;

interface Said {
  readonly caseId: string;
  readonly key: DataKey;
  readonly actor: Actor;
  readonly reason: string;
  readonly applicant: Applicant;
}

interface KeptCountry {
  readonly country: string;
  readonly link: 'nationality' | 'residence';
}

interface LockedPerson extends ChainHead {
  readonly snapshot: unknown;
  readonly sealed: Buffer;
  readonly version: number;
}
