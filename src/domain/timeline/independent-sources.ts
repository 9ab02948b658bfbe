import type { Source } from '../questionnaire/format-reference.js';
import type { ReferenceData } from '../questionnaire/reference.js';

/**
 * The reference entries a check may rest on: verified, and documented by two sources that are independent of each other and of
 * every state and party. In doubt two sources are one, and a source is state-aligned.
 */
export function firmEntries(data: ReferenceData): ReadonlySet<string> {
  const items = Object.values(data);
  const aligned = items.flatMap(({ entry }) => entry.sources.filter(({ stateAligned }) => stateAligned)).map(originOf);
  const free = (source: Source): boolean => {
    const origin = originOf(source);
    return !source.stateAligned && !aligned.some((other) => samePublisher(origin, other));
  };
  return new Set(
    items
      .filter(({ entry }) => entry.verified && independent(entry.sources.filter(free).map(originOf)) >= 2)
      .map(({ id }) => id),
  );
}

interface Origin {
  /** Words of the publisher's name. */
  readonly publisher: ReadonlySet<string>;
  readonly site?: string;
}

function originOf({ source, publisher, url }: Source): Origin {
  const name = publisher ?? source.split(',')[0] ?? source;
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const site = url === undefined ? undefined : siteOf(url);
  return { publisher: new Set(words), ...(site !== undefined && { site }) };
}

/** `www1.umn.edu` and `hrlibrary.umn.edu` are one site, `a.co.uk` and `b.co.uk` are two. */
function siteOf(url: string): string | undefined {
  const labels = /^[a-z]+:\/\/([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase().split('.') ?? [];
  const second = labels.at(-2);
  const underCountry = labels.length > 2 && (labels.at(-1)?.length ?? 0) === 2 && (second?.length ?? 0) <= 3;
  return labels.length < 2 ? undefined : labels.slice(underCountry ? -3 : -2).join('.');
}

/** "ICTR" and "ICTR press release of 2004" are one publisher, "Wikipedia" and "French Wikipedia" too. */
function samePublisher(a: Origin, b: Origin): boolean {
  const [fewer, more] = a.publisher.size <= b.publisher.size ? [a, b] : [b, a];
  return [...fewer.publisher].every((word) => more.publisher.has(word));
}

const same = (a: Origin, b: Origin): boolean => samePublisher(a, b) || (a.site !== undefined && a.site === b.site);

/** How many groups of sources there are that have neither publisher nor site in common with each other. */
function independent(origins: readonly Origin[]): number {
  const groups: Origin[][] = [];
  for (const origin of origins) {
    const joined = groups.filter((group) => group.some((other) => same(origin, other)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), origin]);
  }
  return groups.length;
}
