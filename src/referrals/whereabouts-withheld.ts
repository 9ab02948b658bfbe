import { type CaseFile, type Content, place } from '../domain/referral/file.js';
import { type Marking, personsTold, standingMarks, withheldWhereabouts } from '../domain/referral/whereabouts.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Prepared } from '../platform/database/prepared.js';
import type { DataKey } from '../platform/database/sealing.js';
import { WHEREABOUTS } from './package.sql.js';

/** Whom a file names, and what was done about the words that tell where they are, as PERSONS_NAMED reads it. */
export interface PersonsNamed {
  readonly thirdPersons: readonly {
    readonly id: string;
    readonly whereaboutsApprovedAt: string | null;
    readonly sealed: string;
  }[];
  readonly withdrawnPersons: readonly { readonly id: string; readonly sealed: string }[];
  readonly markings: readonly {
    readonly seq: number;
    readonly type: Marking['type'];
    readonly actorId: string;
    readonly by: string | null;
    readonly at: string;
    readonly sealed: string;
  }[];
}

/** A marking, by whom and when. */
export type MarkingMade = Marking & { readonly actorId: string; readonly by: string | null; readonly at: string };

const READING: Prepared = { name: 'f1_whereabouts', types: ['uuid'], text: WHEREABOUTS };

/** What people did in a case about words that tell where somebody is, oldest first. It lies in the chain alone. */
export async function markingsInTx(tx: Tx, caseId: string, key: DataKey): Promise<MarkingMade[]> {
  return markingsOf(await namedInTx(tx, caseId), caseId, key);
}

/** The words of a case that tell where somebody is and may not leave yet. Throws NotFound for a case that the actor does not see. */
export async function withheldInTx(tx: Tx, caseId: string, key: DataKey): Promise<CaseFile['whereaboutsWithheld']> {
  return withheldOf(await namedInTx(tx, caseId), caseId, key);
}

/**
 * For words that go to a recipient beside a package: what stands in one is replaced, what somebody types is refused. `words` by
 * their pointer. Throws `tellsWhereabouts` at each that holds a passage withheld.
 */
export async function assertTellsNoWhereaboutsInTx(
  tx: Tx,
  { caseId, key }: { readonly caseId: string; readonly key: DataKey },
  words: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const withheld = await withheldInTx(tx, caseId, key);
  const errors = Object.entries(words).flatMap(([pointer, text = '']) => {
    const told = personsTold(text, withheld);
    return told.length === 0 ? [] : [{ pointer, detail: `tells where the third person ${told.join(' and ')} is` }];
  });
  if (errors.length === 0) return;
  const path = `/api/cases/${caseId}/third-persons`;
  throw new DomainError(
    'tellsWhereabouts',
    `This would go to a recipient, and holds words that may not leave: they are recorded or marked as telling where somebody named in the file is (GET ${path}). ` +
      `Leave them out. Or have a second person approve the whereabouts (POST ${path}/{personId}/approve-whereabouts) or, where the words ` +
      `do not tell it, withdraw the mark (POST ${path}/{personId}/withdraw-passages).`,
    { errors },
  );
}

/** What of `named` may not leave. */
export function withheldOf(named: PersonsNamed, caseId: string, key: DataKey): CaseFile['whereaboutsWithheld'] {
  const opened = <T extends { readonly id: string; readonly sealed: string }>({ sealed, ...row }: T) => ({
    ...row,
    content: key.open<Content>(Buffer.from(sealed, 'base64'), place('third_person', row.id)),
  });
  const persons = [
    ...named.thirdPersons.map((row) => ({ ...opened(row), withdrawn: false })),
    ...named.withdrawnPersons.map((row) => ({ ...opened(row), whereaboutsApprovedAt: null, withdrawn: true })),
  ];
  return withheldWhereabouts(persons, standingMarks(markingsOf(named, caseId, key)));
}

const markingsOf = ({ markings }: PersonsNamed, caseId: string, key: DataKey): MarkingMade[] =>
  markings.map(({ seq, sealed, ...made }) => ({
    ...key.open<Marking>(Buffer.from(sealed, 'base64'), place('event', caseId, seq)),
    ...made,
  })) as MarkingMade[];

async function namedInTx(tx: Tx, caseId: string): Promise<PersonsNamed> {
  const [rows] = await tx.all([{ statement: READING, values: [caseId] }]);
  const found = rows[0] as { file: PersonsNamed } | undefined;
  if (!found) throw new NotFound('case');
  return found.file;
}
