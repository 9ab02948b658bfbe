import type { StatedFact, TimelineEntry } from './entry.js';
import { answersOf, mayHaveBeenChild, type CaseTold, type CheckCode, type OpenQuestion } from './open-question.js';
import { yearsBetween } from './spans.js';
import { before, type UncertainDate } from './uncertain-date.js';
import { INNOCENT, spanInWords, toldOf } from './wording.js';

/** People count the running year of life, or the years since New Year: one year more or less is no contradiction. */
const YEARS_EITHER_WAY = 1;

/** An age that does not fit the birth date and the time told; and acts of somebody who was certainly a child then. */
export function ageAtAct({ entries, birth }: CaseTold): OpenQuestion[] {
  return entries
    .filter(({ witness }) => !witness)
    .flatMap((entry): OpenQuestion[] => {
      const { age, when } = entry;
      const asked = {
        id: `ageAtAct:${entry.id}`,
        code: 'ageAtAct' as const,
        question: `How old were you ${when ? `in the time ${spanInWords({ from: when.earliest, to: when.latest })}` : 'then'}?`,
        answers: answersOf([entry]),
        references: [],
        mayHaveBeenChild: mayHaveBeenChild([entry]),
      };
      const innocent = [INNOCENT.calendar, INNOCENT.memory, INNOCENT.paperWrong];
      const ages = birth && when && possibleAges(birth, when);
      if (ages && age !== undefined && (age < ages.least - YEARS_EITHER_WAY || age > ages.most + YEARS_EITHER_WAY)) {
        const why = `Told of the own age then: ${age}; by the birth date it was ${between(ages)}. Told: ${toldOf(entry)}.`;
        return [{ ...asked, why, innocent }];
      }
      if (!entry.act || entry.child !== 'yes') return [];
      const why = `By the birth date the applicant was a child then. Establish the age first. Told: ${toldOf(entry)}.`;
      return [{ ...asked, why, innocent: [INNOCENT.child, ...innocent] }];
    });
}

interface Ages {
  readonly least: number;
  readonly most: number;
}

const possibleAges = (birth: UncertainDate, when: UncertainDate): Ages => ({
  least: yearsBetween(birth.latest, when.earliest),
  most: yearsBetween(birth.earliest, when.latest),
});

const between = ({ least, most }: Ages): string =>
  least === most ? String(least) : `between ${Math.max(0, least)} and ${most}`;

/** The same fact said differently: in two interviews, or otherwise than a paper or the particulars of the case have it. */
export function factsDiffer({ facts }: CaseTold): OpenQuestion[] {
  const names = [...new Set(facts.map(({ fact }) => fact))].sort();
  return names.flatMap((name) => {
    const told = facts.filter(({ fact, witness }) => fact === name && !witness);
    const pairs = told.flatMap((a, index) => told.slice(index + 1).flatMap((b) => differenceOf(a, b)));
    // However many voices differ, a question is put once.
    const code = pairs.some((pair) => pair.code === 'documentDiffers') ? 'documentDiffers' : 'interviewsDiffer';
    return pairs.length > 0 ? [factQuestion(name, code, pairs)] : [];
  });
}

interface Difference {
  readonly code: CheckCode;
  readonly pair: readonly [StatedFact, StatedFact];
  readonly rests: readonly string[];
}

function differenceOf(a: StatedFact, b: StatedFact): Difference[] {
  const paper = a.basis === 'document' || b.basis === 'document';
  if (a.type !== b.type || (a.interviewId === b.interviewId && a.basis === b.basis)) return [];
  const rests = contradiction(a, b);
  return rests ? [{ code: paper ? 'documentDiffers' : 'interviewsDiffer', pair: [a, b], rests }] : [];
}

/** The entries from which follows that both cannot be right; undefined when they may. */
function contradiction(a: StatedFact, b: StatedFact): readonly string[] | undefined {
  const [one, other] = [a.value, b.value];
  switch (a.type) {
    case 'date':
      return disjoint(one as UncertainDate, other as UncertainDate) ? [] : undefined;
    case 'multiChoice': {
      const [first, second] = [one as readonly string[], other as readonly string[]];
      const alone = (codes: readonly string[], by: StatedFact) => codes.every((code) => by.exclusive.includes(code));
      const none = (codes: readonly string[], by: StatedFact) => !codes.some((code) => by.exclusive.includes(code));
      return (alone(first, a) && none(second, b)) || (alone(second, b) && none(first, a)) ? [] : undefined;
    }
    case 'unit':
    case 'rank':
    case 'organisation':
    case 'place':
    case 'event': {
      const [first, second] = [one as string, other as string];
      const { knowledge } = b;
      if (!knowledge || knowledge.related(first, second) || !knowledge.isFirm(first, second)) return undefined;
      return a.type === 'place' ? knowledge.apart(first, second, knowledge.settings.apartKm) : [first, second];
    }
    default:
      return one === other || typeof one === 'object' ? undefined : [];
  }
}

const disjoint = (a: UncertainDate, b: UncertainDate): boolean => before(a, b) === 'yes' || before(b, a) === 'yes';

function factQuestion(fact: string, code: CheckCode, found: readonly Difference[]): OpenQuestion {
  const told = [...new Set(found.flatMap(({ pair }) => pair))];
  const saying = ({ answer, basis, interviewId }: StatedFact): string =>
    `“${answer.said}” (${interviewId === undefined ? 'particulars of the case' : basis === 'document' ? 'a paper' : 'an interview'})`;
  const paper = code === 'documentDiffers';
  return {
    id: `${code}:${fact}`,
    code,
    // The question is put again as it stands: nothing of the other answer is held before the applicant.
    question: told.flatMap(({ asked }) => asked ?? []).at(-1) ?? '',
    why: `Not all of this can be right: ${told.map(saying).join('; ')}.`,
    innocent: [
      INNOCENT.otherMeaning,
      INNOCENT.interpretation,
      paper ? INNOCENT.paperWrong : INNOCENT.fear,
      ...(found.some(({ pair }) => pair[0].type === 'date') ? [INNOCENT.calendar, INNOCENT.memory] : []),
    ],
    answers: told.flatMap(({ answer, interviewId }) => (interviewId === undefined ? [] : [answer])),
    references: told.at(-1)!.knowledge?.cite(...found.flatMap(({ rests }) => rests)) ?? [],
    mayHaveBeenChild: false,
  };
}

/** Service in the same unit or organisation, told of times that have no day in common. */
export function servicesDiffer({ entries }: CaseTold): OpenQuestion[] {
  const told = entries.filter(({ kind, witness }) => kind === 'service' && !witness);
  const subjects = [...new Set(told.flatMap((entry) => subjectOf(entry) ?? []))].sort();
  return subjects.flatMap((subject) => {
    const voices = new Map<string, TimelineEntry[]>();
    for (const entry of told.filter((one) => subjectOf(one) === subject)) {
      const voice = `${entry.interviewId} ${entry.basis}`;
      voices.set(voice, [...(voices.get(voice) ?? []), entry]);
    }
    const all = [...voices.values()];
    return all.flatMap((a, index) =>
      all.slice(index + 1).flatMap((b) => (neverTogether(a, b) ? [servicePair(subject, a, b)] : [])),
    );
  });
}

/** The one unit or organisation an entry is about. */
const subjectOf = ({ unit, organisations }: TimelineEntry): string | undefined =>
  unit ? unit.ref : organisations.length === 1 ? organisations[0]?.ref : undefined;

const neverTogether = (a: readonly TimelineEntry[], b: readonly TimelineEntry[]): boolean =>
  a.every((one) => b.every((other) => one.when && other.when && disjoint(one.when, other.when)));

function servicePair(subject: string, a: readonly TimelineEntry[], b: readonly TimelineEntry[]): OpenQuestion {
  const told = [...a, ...b];
  const paper = told.some(({ basis }) => basis === 'document');
  const { unit, organisations } = b[0]!;
  const code = paper ? 'documentDiffers' : 'interviewsDiffer';
  return {
    id: `${code}:${subject}:${a[0]!.id}:${b[0]!.id}`,
    code,
    question: `When did you serve in ${(unit ?? organisations[0])!.said}?`,
    why: `Told of times without a day in common: ${told.map(toldOf).join('; ')}.`,
    innocent: [
      INNOCENT.earlier,
      INNOCENT.memory,
      INNOCENT.calendar,
      paper ? INNOCENT.paperWrong : INNOCENT.interpretation,
    ],
    answers: answersOf(told),
    references: [],
    mayHaveBeenChild: mayHaveBeenChild(told),
  };
}
