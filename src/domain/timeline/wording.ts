import type { TimelineEntry } from './entry.js';
import { FOREVER, SINCE_EVER, dayInWords, type Span } from './spans.js';

/** Sentences of the cross-checks. Questions are open, about one thing, and presume nothing. */
export const INNOCENT = {
  memory: 'Dates are remembered wrongly, above all after years and hardship.',
  interpretation: 'A name or a date was interpreted or written down wrongly.',
  calendar: 'Years were counted in another calendar, or ages in another way.',
  sources: 'The sources do not know everything, or are wrong.',
  notAsked: 'Nobody has asked about it yet.',
  hardship: 'The time was spent in hiding, in flight, in hospital or in captivity, or is hard to speak of.',
  twoHomes: 'The applicant had two homes, or travelled between them.',
  onPaper: 'One of the two was so on paper only.',
  near: 'Many people lived there; being near an event is no part in it. The applicant may have been in hiding or a victim.',
  elsewhere: 'The applicant was away on those days.',
  otherName: 'The unit was known by the same name before or after, or by another name at that time.',
  laterName: 'The applicant uses a name that came later or an older one out of habit.',
  moved: 'The unit, a part of it or the applicant alone was sent elsewhere.',
  rankLoose: 'Ranks were given out of turn, for a time, or used loosely as a form of address.',
  earlier: 'There was earlier service that has not come up yet.',
  namesake: 'It is another person of the same name.',
  deputy: 'The person commanded in fact before or after holding the post, or from another post.',
  paperWrong:
    'Papers carry wrong dates for many reasons: late registration, estimates, a clerk’s mistake, a safer identity.',
  otherMeaning: 'The questions were understood differently, or the interpreters used different words.',
  fear: 'The applicant did not dare to say it the first time.',
  child: 'A child acts under pressure; capacity, coercion and age come first.',
} as const;

const quoted = (words: string): string => `“${words.length > 120 ? `${words.slice(0, 117)}...` : words}”`;

/** `“Kibuye”, “1990/1994”`: what was said, for a sentence. */
export const saidIn = (entry: TimelineEntry): string => entry.answers.map(({ said }) => quoted(said)).join(', ');

const THING: Record<TimelineEntry['kind'], string> = {
  residence: 'a home',
  service: 'service',
  detention: 'being held',
  incident: 'an incident',
};

/** `a home: “Kibuye”, “1990/1994”` */
export const toldOf = (entry: TimelineEntry): string =>
  `${entry.basis === 'document' ? 'a paper on ' : ''}${THING[entry.kind]}: ${saidIn(entry)}`;

/** `from 10 April 1994 to 3 June 1994` */
export function spanInWords({ from, to }: Span): string {
  if (from === SINCE_EVER) return `until ${dayInWords(to)}`;
  if (to === FOREVER) return `from ${dayInWords(from)} on`;
  return from === to ? `on ${dayInWords(from)}` : `from ${dayInWords(from)} to ${dayInWords(to)}`;
}

/** What a unit, a place or a rank is called: as it was said, else as the reference data has it. */
export const nameOf = (mention: { said: string } | undefined, name: string): string => mention?.said ?? name;
