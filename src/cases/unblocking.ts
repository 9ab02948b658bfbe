import { randomUUID } from 'node:crypto';
import type { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { CountryLink, HeldCountry, SecondWord } from '../domain/referral/country-changes.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { Write } from '../platform/database/write.js';
import { InvalidInput } from '../platform/http/problem.js';

/** What of a file bars its recipients: a row of it, or a country of its applicant. */
export type Barring =
  | { readonly kind: 'persecutionActor' | 'thirdPerson'; readonly subjectId: string }
  | { readonly kind: 'country'; readonly subjectId: string; readonly country: string; readonly link: string };

/** Asks that it bar no longer: whoever may be the second person has it on a list from now on, and the database notes who asked. */
export async function askUnblocking(
  deadlines: DeadlinesService,
  tx: Tx,
  write: Write,
  { caseId, actorId, bars }: { readonly caseId: string; readonly actorId: string; readonly bars: Barring },
): Promise<void> {
  const id = randomUUID();
  const { kind, subjectId, ...country } = bars;
  const what = { kind, subject_id: subjectId, country: null, link: null, ...country };
  write.insert('unblocking', { id, case_id: caseId, ...what, asked_by: actorId, asked_at: tx.now });
  await deadlines.startInTx(tx, write, { caseId, subjectId: id }, 'unblocking');
}

/** Who is barred from a file stays so on one person's word. */
export const unblockedByTwo = (caseId: string): DomainError =>
  new DomainError(
    'fourEyes',
    `You asked for this already, and the recipients it bars stay barred: somebody else who works on the case does the same where they agree. You may take it back: GET /api/cases/${caseId}/unblockings.`,
  );

/** Throws unless each country to unblock waits for this person: InvalidInput, `conflict`, or `fourEyes` for who corrected it away. */
export function assertUnblockable(
  caseId: string,
  held: readonly HeldCountry[],
  wanted: readonly CountryLink[],
  { actorId, unblocks }: SecondWord,
): void {
  for (const [index, country] of unblocks.entries()) {
    if (wanted.some((one) => one.country === country)) {
      const detail = `${country} is a country of the person by these particulars: correct it away there, or leave it out here`;
      throw new InvalidInput([{ pointer: `/unblocks/${index}`, detail }]);
    }
    const waiting = held.filter((one) => one.country === country && one.dropped_by !== null);
    if (waiting.length === 0) {
      throw new DomainError(
        'conflict',
        `${country} does not wait for a second person: nobody corrected it away, or it bars nobody. See stillBlocked in GET /api/cases/:id/person; without it in unblocks, the correction is the first word on it.`,
      );
    }
    if (waiting.every(({ dropped_by: by }) => by === actorId)) throw unblockedByTwo(caseId);
  }
}
