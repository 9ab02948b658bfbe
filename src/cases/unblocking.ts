import type { CountryLink, HeldCountry, SecondWord } from '../domain/referral/country-changes.js';
import { DomainError } from '../platform/database/errors.js';
import { InvalidInput } from '../platform/http/problem.js';

/** Who is barred from a file stays so on one person's word. */
export const unblockedByTwo = (): DomainError =>
  new DomainError(
    'fourEyes',
    'You asked for this already, and the recipients it bars stay barred: somebody else who works on the case does the same where they agree.',
  );

/** Throws unless each country to unblock waits for this person: InvalidInput, `conflict`, or `fourEyes` for who corrected it away. */
export function assertUnblockable(
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
    if (waiting.every(({ dropped_by: by }) => by === actorId)) throw unblockedByTwo();
  }
}
