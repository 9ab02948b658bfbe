import type { UncertainDate } from '../timeline/uncertain-date.js';
import { CALENDARS, type OtherCalendar } from '../timeline/other-calendars.js';
import { leastOf, mostOf, type Amount } from './amounts.js';
import { isReference } from './operators.js';
import { phrasesIn } from './phrases.js';
import type { Plan, QuestionNode } from './plan.js';
import { nameOf } from './reference-names.js';
import type { Recorded } from './scope.js';

/** A value in words, for texts that pipe it and for sentences. */
export function valueInWords(
  plan: Plan,
  question: QuestionNode,
  recorded: Recorded,
  wordsOf: (code: string) => string,
  language = 'en',
): string | undefined {
  const { value } = recorded;
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return phrasesIn(language)[value ? 'yes' : 'no'];
  if (question.calculation && typeof recorded.read === 'object') return calculatedInWords(recorded);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return (value as string[]).map(wordsOf).join(phrasesIn(language).comma);
  if (typeof value === 'string') return question.type === 'choice' ? wordsOf(value) : value;
  const parts = value as Readonly<Record<string, string | undefined>>;
  if (isReference(question.type))
    return parts['ref'] !== undefined ? nameOf(plan.reference[parts['ref']]!.entry, language) : parts['said'];
  return objectInWords(question.type, parts);
}

function objectInWords(
  type: QuestionNode['type'],
  parts: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const {
    said,
    edtf,
    calendar,
    date,
    interpreted,
    original,
    given,
    family,
    known: alias,
    relationship,
    role,
    kind,
    number,
  } = parts;
  if (type === 'person') return [given, family].filter(Boolean).join(' ') || (alias ?? said ?? role ?? relationship);
  if (type === 'document') return [kind, number].filter(Boolean).join(' ') || said;
  // The applicant hears the date as they gave it.
  if (calendar !== undefined) return `${date} (${CALENDARS[calendar as OtherCalendar].name})`;
  return edtf ?? interpreted ?? original;
}

/** An age between uncertain dates is "17–18". */
function calculatedInWords({ read, value }: Recorded): string {
  if ('earliest' in (read as UncertainDate)) return value as string;
  return `${leastOf(read as Amount)}–${mostOf(read as Amount)}`;
}
