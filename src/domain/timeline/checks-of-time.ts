import { certainlyAdultAt } from './uncertain-date.js';
import type { TimelineEntry } from './entry.js';
import type { Knowledge } from './knowledge.js';
import { answersOf, mayHaveBeenChild, type CaseTold, type OpenQuestion } from './open-question.js';
import { certainDays, lengthOf, plusMonths, shared, without, type Span } from './spans.js';
import { INNOCENT, spanInWords, toldOf } from './wording.js';

const WHEREABOUTS: readonly TimelineEntry['kind'][] = ['residence', 'service', 'detention'];

/**
 * Days of known periods of conflict that nothing the applicant told can cover. The account sets the frame: some home was told with
 * its time, nothing is asked of the time after the last thing told, and an entry whose time is not known may be any time.
 */
export function gaps({ entries, knowledge, birth }: CaseTold): OpenQuestion[] {
  const known = [...knowledge.values()].at(-1);
  const stays = entries.filter(({ kind }) => WHEREABOUTS.includes(kind));
  const told = stays.filter(({ dated }) => dated);
  if (!known || !birth || !told.some(({ kind, when, witness }) => kind === 'residence' && when && !witness)) return [];
  if (told.some(({ when }) => !when)) return [];
  const covers = stays.flatMap(({ when }) => (when ? [{ from: when.earliest, to: when.latest }] : []));
  const last = told
    .map(({ when }) => when!.latest)
    .sort()
    .at(-1)!;
  const grown = plusMonths(birth.latest, known.settings.fromAge * 12);
  return unexplained(known, covers, { from: grown, to: last }).map(({ days, periods }) => ({
    id: `gap:${days.from}`,
    code: 'gap',
    question: `Where were you ${spanInWords(days)}?`,
    why:
      `Nothing told so far covers the ${lengthOf(days)} days ${spanInWords(days)}, ` +
      `which belong to: ${known
        .cite(...periods)
        .map(({ name }) => name)
        .join('; ')}.`,
    innocent: [INNOCENT.notAsked, INNOCENT.hardship, INNOCENT.memory],
    answers: answersOf(besides(days, told)),
    references: known.cite(...periods),
    days,
    mayHaveBeenChild: !certainlyAdultAt(birth, days.from),
  }));
}

/** The uncovered days of all firm periods, in one piece each, with the periods whose measure they exceed. */
function unexplained(known: Knowledge, covers: readonly Span[], frame: Span): { days: Span; periods: string[] }[] {
  const { gapDays, gapDaysInPeriod = {} } = known.settings;
  const periods = known.all('period').flatMap(({ id }) => {
    const date = known.isFirm(id) ? known.dateOf(id, 'date') : undefined;
    const days = shared(date && certainDays(date), frame);
    return days ? [{ id, days, most: gapDaysInPeriod[id] ?? gapDays }] : [];
  });
  return joined(periods.flatMap(({ days }) => without(days, covers))).flatMap((days) => {
    const exceeded = periods.filter((period) => {
      const inside = shared(period.days, days);
      return inside !== undefined && lengthOf(inside) > period.most;
    });
    return exceeded.length > 0 ? [{ days, periods: exceeded.map(({ id }) => id) }] : [];
  });
}

/** Spans that overlap or touch as one. */
function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of [...spans].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const before = found.at(-1);
    if (before && lengthOf({ from: before.to, to: span.from }) <= 2)
      found[found.length - 1] = { from: before.from, to: before.to > span.to ? before.to : span.to };
    else found.push(span);
  }
  return found;
}

/** What was told of the time just before and just after. */
function besides({ from, to }: Span, told: readonly TimelineEntry[]): TimelineEntry[] {
  const before = told
    .filter(({ when }) => when!.latest < from)
    .sort((a, b) => (a.when!.latest > b.when!.latest ? -1 : 1));
  const after = told
    .filter(({ when }) => when!.earliest > to)
    .sort((a, b) => (a.when!.earliest < b.when!.earliest ? -1 : 1));
  return [...before.slice(0, 1), ...after.slice(0, 1)];
}

/** Two entries that exclude each other: one question for each pair, named after who told them. */
export function overlaps({ entries }: CaseTold): OpenQuestion[] {
  const own = entries.filter(({ witness, when }) => !witness && when);
  return own.flatMap((a, index) =>
    own.slice(index + 1).flatMap((b): OpenQuestion[] => {
      const days = shared(certainDays(a.when!), certainDays(b.when!));
      const rests = days && excludes(a, b);
      const { overlapDays } = b.knowledge.settings;
      if (!days || !rests || lengthOf(days) <= overlapDays) return [];
      const paper = a.basis === 'document' || b.basis === 'document';
      const code = paper ? 'documentDiffers' : a.interviewId !== b.interviewId ? 'interviewsDiffer' : 'overlap';
      return [
        {
          id: `${code}:${a.id}:${b.id}`,
          code,
          question: `What did your days look like ${spanInWords(days)}?`,
          why: `Both cover the days ${spanInWords(days)}: ${toldOf(a)}; ${toldOf(b)}.`,
          innocent: [
            INNOCENT.twoHomes,
            INNOCENT.onPaper,
            INNOCENT.memory,
            paper ? INNOCENT.paperWrong : INNOCENT.interpretation,
          ],
          answers: answersOf([a, b]),
          references: b.knowledge.cite(...rests),
          days,
          mayHaveBeenChild: mayHaveBeenChild([a, b]),
        },
      ];
    }),
  );
}

/** The entries from which follows that nobody does both at once; undefined when one may. */
function excludes(a: TimelineEntry, b: TimelineEntry): readonly string[] | undefined {
  const kinds = [a.kind, b.kind].sort().join('+');
  const { knowledge } = b;
  if (kinds === 'detention+service') return [];
  if (['residence+residence', 'detention+residence', 'detention+detention'].includes(kinds)) {
    if (a.place?.ref === undefined || b.place?.ref === undefined) return undefined;
    return knowledge.apart(a.place.ref, b.place.ref, knowledge.settings.apartKm);
  }
  if (kinds !== 'service+service') return undefined;
  const [one, other] = [a.unit?.ref, b.unit?.ref];
  if (one === undefined || other === undefined || knowledge.related(one, other)) return undefined;
  return knowledge.isFirm(one, other) ? [one, other] : undefined;
}
