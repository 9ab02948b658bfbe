import type { EventEntry } from '../questionnaire/format-reference.js';
import type { TimelineEntry } from './entry.js';
import type { Knowledge } from './knowledge.js';
import { answersOf, type CaseTold, type OpenQuestion } from './open-question.js';
import { padded } from './spans.js';
import { certainlyAdultAt, overlaps, type UncertainDate } from './uncertain-date.js';
import { INNOCENT, spanInWords, toldOf } from './wording.js';

/** Somebody who was certainly there, with the entries from which that follows. */
interface Presence {
  readonly entry: TimelineEntry;
  readonly rests: readonly string[];
}

/** Known events near which the applicant certainly was when they happened, and of which nothing was told yet. */
export function nearEvents({ entries, knowledge, birth }: CaseTold): OpenQuestion[] {
  if (!birth) return [];
  const found = new Map<string, { known: Knowledge; present: Presence[] }>();
  for (const [interviewId, known] of knowledge) {
    for (const { id, entry } of known.all('event')) {
      const date = known.dateOf(id, 'date');
      const { eventKinds, fromAge } = known.settings;
      if (!date || !known.isFirm(id) || !certainlyAdultAt(birth, date, fromAge)) continue;
      if (eventKinds && !eventKinds.includes(entry.kind ?? '')) continue;
      const here = entries.filter((one) => one.interviewId === interviewId && isPresence(one));
      const present = here.flatMap((one) => presenceAt(known, id, date, one));
      if (present.length === 0 || entries.some((one) => tellsOf(one, id, date))) continue;
      found.set(id, { known, present: [...(found.get(id)?.present ?? []), ...present] });
    }
  }
  return [...found].map(([id, { known, present }]) => questionAbout(known, id, present, birth));
}

const isPresence = ({ kind, witness }: TimelineEntry): boolean => kind !== 'incident' && !witness;

/** The ids under which the plan knows where an event happened. */
const placesOf = (known: Knowledge, event: string): string[] =>
  (known.find<EventEntry>(event)?.places ?? []).map((place) => known.linked(event, place));

function presenceAt(known: Knowledge, event: string, date: UncertainDate, entry: TimelineEntry): Presence[] {
  const { nearDays, nearKm } = known.settings;
  const place = entry.place?.ref;
  if (!entry.when || place === undefined || overlaps(entry.when, padded(date, nearDays)) !== 'yes') return [];
  const rests = placesOf(known, event).flatMap((one) => {
    const near = known.near(place, one, nearKm);
    return near ? [near] : [];
  });
  return rests.length > 0 ? [{ entry, rests: rests[0]! }] : [];
}

/** An incident that names the event, or that may have happened then and is told of a place near it. */
function tellsOf(entry: TimelineEntry, event: string, date: UncertainDate): boolean {
  if (entry.kind !== 'incident') return false;
  if (entry.event?.ref === event) return true;
  const { knowledge, place, when } = entry;
  if (place?.ref === undefined || (when && overlaps(when, padded(date, knowledge.settings.nearDays)) === 'no'))
    return false;
  return placesOf(knowledge, event).some(
    (one) => knowledge.related(place.ref!, one) || knowledge.near(place.ref!, one, knowledge.settings.nearKm),
  );
}

function questionAbout(known: Knowledge, id: string, present: readonly Presence[], birth: UncertainDate): OpenQuestion {
  const told = present.map(({ entry }) => entry);
  const { earliest, latest } = known.dateOf(id, 'date')!;
  const days = { from: earliest, to: latest };
  const places = placesOf(known, id).map((place) => known.data[place]!.entry.name);
  const where = told[0]!.place!.said;
  return {
    id: `nearEvent:${id}`,
    code: 'nearEvent',
    question: `What did you experience in or near ${where} ${spanInWords(days)}?`,
    why:
      `Known event: ${known.data[id]!.entry.name} (${places.join(', ')}, ${spanInWords(days)}). Told: ${told.map(toldOf).join('; ')}. ` +
      'Do not name the event first.',
    innocent: [INNOCENT.near, INNOCENT.elsewhere, INNOCENT.hardship, INNOCENT.memory],
    answers: answersOf(told),
    references: known.cite(id, ...present.flatMap(({ rests }) => rests)),
    days,
    mayHaveBeenChild: !certainlyAdultAt(birth, days.from),
  };
}
