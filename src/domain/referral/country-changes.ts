/** A country of the person, and why: whatever is of or for it is a blocked recipient. */
export interface CountryLink {
  readonly country: string;
  readonly link: 'origin' | 'nationality' | 'residence';
}

export interface HeldCountry extends CountryLink {
  /** Who corrected it away; it bars its recipients until somebody else unblocks it by its name. */
  readonly dropped_by: string | null;
}

export interface CountryChanges {
  readonly added: readonly CountryLink[];
  /** Named again. */
  readonly restored: readonly HeldCountry[];
  /** Corrected away by one person: they go on to bar. */
  readonly dropped: readonly CountryLink[];
  /** Corrected away by two, or still there for another reason. */
  readonly removed: readonly CountryLink[];
  /** Countries that bar nobody any more. */
  readonly unblocked: readonly string[];
  /** Countries that wait for a second person. */
  readonly stillBlocked: readonly string[];
}

/** The second word on a country is said by its name: who sends particulars without it may just not have seen it. */
export interface SecondWord {
  readonly actorId: string;
  readonly unblocks: readonly string[];
}

/** What a correction does to the countries of a person: any may be added, but none stops barring on one person's word. */
export function countryChanges(
  held: readonly HeldCountry[],
  wanted: readonly CountryLink[],
  { actorId, unblocks }: SecondWord,
): CountryChanges {
  const same = (one: CountryLink) => (other: CountryLink) => one.country === other.country && one.link === other.link;
  const named = new Set(wanted.map(({ country }) => country));
  const gone = held.filter((one) => !wanted.some(same(one)));
  const seconded = gone.filter(
    ({ country, dropped_by: by }) => by !== null && by !== actorId && unblocks.includes(country),
  );
  const removed = gone.filter((one) => named.has(one.country) || seconded.includes(one));
  const waiting = gone.filter((one) => !removed.includes(one));
  const stillBlocked = new Set(waiting.map(({ country }) => country));
  const countries = (links: readonly CountryLink[]): string[] =>
    [...new Set(links.map(({ country }) => country))].sort();
  return {
    added: wanted.filter((one) => !held.some(same(one))),
    restored: held.filter((one) => one.dropped_by !== null && wanted.some(same(one))),
    dropped: waiting.filter(({ dropped_by: by }) => by === null),
    removed,
    unblocked: countries(removed).filter((country) => !named.has(country) && !stillBlocked.has(country)),
    stillBlocked: countries(waiting),
  };
}
