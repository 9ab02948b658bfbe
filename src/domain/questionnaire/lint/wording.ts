import type { SourceFile } from '../plan.js';
import { at } from '../problems.js';
import { isQuestion, partsIn, wordsOf, type Part } from './files.js';
import type { Finding } from './finding.js';
import { finding } from './report.js';

/** Beginnings and endings by which English suggests the answer. */
const LEADING: readonly RegExp[] = [
  /\b(do|does|did|is|are|am|was|were|have|has|had|would|could|should|can|will|must)n['’]t\s+(you|he|she|it|they|there|your|that|this)\b/i,
  /,\s*(is|are|was|were|do|does|did|have|has|had|would|could|should|can|will)(n['’]t)?\s+(you|he|she|it|they|there)(\s+not)?\s*\?/i,
  /\b(is|was)\s+it\s+(not\s+)?(true|correct|right|the case|a fact)\b/i,
  /,\s*(right|correct|true|no|yes|okay|ok)\s*\?/i,
  /(?:^|[.!?,;:]\s+)(is|was|are|were|did|do|have|has|had)\s+(it|you|they|he|she)\s+not\b/i,
  /\b(surely|obviously|of course|no doubt|you must (have|know|admit)|you (would|will) agree|admit that|why did you (lie|hide|deny))\b/i,
];

const WH = 'who|whom|whose|what|when|where|which|why|how';
const AUXILIARY = 'did|do|does|was|were|is|are|have|has|had|can|could|will|would';
const SUBJECT = 'you|your|he|she|it|they|there|the|that|this|any|anyone|anybody';
const ASKS = new RegExp(`\\b(?:${WH}|(?:${AUXILIARY}) (?:${SUBJECT}))\\b`, 'i');
/** Takes an act as told: "Why did you beat them?" */
const PRESUMES =
  /\b(why|how (often|many|much)\b.*?|when|where) did you (then )?(beat|hit|hurt|kill|murder|shoot|torture|rape|rob|loot|burn|betray|denounce)\b/i;

/** A second question after "and" or "or". */
const ASKS_AGAIN = new RegExp(
  `(?:\\b(?:and|or)|;) (?:(?:for|with|from|to|by|in|at|of|on|until|since) )?(${WH}|(?:${AUXILIARY}) (?:${SUBJECT}))\\b`,
  'i',
);

/** Asks for one thing, a period, in two words. */
const PERIOD = /\bfrom when,? (?:and )?(?:until|to|till) when\b/i;

/** Words of questions that are answered by yes or no. */
const CLOSED = new RegExp(`^(?:${AUXILIARY}) (?:${SUBJECT})\\b(?! (?:please )?(?:tell|describe|explain|say)\\b)`, 'i');

/** Wording that costs an interview its worth: leading, compound and closed-first questions, codes that are read out. English only. */
export function wordingFindings(source: SourceFile): Finding[] {
  const parts = partsIn(source);
  const lists = (source.content as { lists?: Record<string, unknown> }).lists ?? {};
  return [
    ...parts
      .filter(({ value }) => isQuestion(value))
      .flatMap((part) => [...leading(part), ...presuming(part), ...compound(part), ...codesReadOut(part, lists)]),
    ...parts.flatMap(closedFirst),
  ];
}

/** The English words of a question as read out, its pipes left out. */
const english = (question: Part): string => textOf(question.value).replace(/\{[^{}]*\}/g, '…');

const textOf = (value: Part['value'] | null): string =>
  wordsOf((value?.['text'] ?? {}) as Part['value'])?.get('en')?.words ?? '';

/** A statement with a question mark: "So you knew of it?" */
const STATED = /(?:^|[.!?]\s+)(?:so|then|and|but)?,?\s*(?:you|he|she|they)\b[^.!?]*\?/gi;

function leading(part: Part): Finding[] {
  const words = english(part);
  const stated = (words.match(STATED) ?? []).find((sentence) => !ASKS.test(sentence))?.replace(/^[.!?]\s+/, '');
  const found = LEADING.map((pattern) => pattern.exec(words)?.[0]).find((one) => one !== undefined) ?? stated;
  return found === undefined
    ? []
    : [
        finding(
          'leadingQuestion',
          at(part, 'text', 'en'),
          `“${found.replace(/^[.!?,;:]\s*/, '')}” suggests the answer`,
          'Ask openly: begin with what, who, where, when, how or which, and name no answer.',
        ),
      ];
}

/** A question that opens on an answer may build on it. */
function presuming(part: Part): Finding[] {
  const found = PRESUMES.exec(english(part))?.[0];
  return found === undefined || 'when' in part.value || 'on' in part.value
    ? []
    : [
        finding(
          'leadingQuestion',
          at(part, 'text', 'en'),
          `“${found}” takes as told what nobody asked before`,
          'First ask openly what happened, and let this question open (`when`) on what was told.',
        ),
      ];
}

function compound(part: Part): Finding[] {
  const words = english(part).replace(/\s+/g, ' ').replace(PERIOD, 'when');
  return twoMarks(words) || /\band ?\/ ?or\b/i.test(words) || asksAgain(words)
    ? [
        finding(
          'compoundQuestion',
          at(part, 'text', 'en'),
          'this asks two things at once, and the answer to one is lost',
          'Make two questions of it, the second perhaps a follow-up of the first.',
        ),
      ]
    : [];
}

const twoMarks = (words: string): boolean => words.indexOf('?') !== words.lastIndexOf('?');

function asksAgain(words: string): boolean {
  const first = ASKS.exec(words);
  if (!first) return false;
  const rest = words.slice(first.index + first[0].length);
  const second = ASKS_AGAIN.exec(rest);
  // "people who stayed and who hid" describes one group.
  return second !== null && !new RegExp(`\\b${second[1]!}\\b`, 'i').test(rest.slice(0, second.index));
}

/** At least two codes of its list stand in the question. */
function codesReadOut(part: Part, lists: Record<string, unknown>): Finding[] {
  const codes = lists[String(part.value['list'])];
  if (!Array.isArray(codes)) return [];
  const words = ` ${plain(english(part))} `;
  const named = codes.flatMap((code: Part['value'] | null) => {
    const text = textOf(code);
    return text !== '' && words.includes(` ${plain(text)} `) ? [text] : [];
  });
  return named.length < 2
    ? []
    : [
        finding(
          'codesReadOut',
          at(part, 'text', 'en'),
          `the question names its own codes: ${named.map((code) => `“${code}”`).join(', ')}`,
          'Ask openly, and let the officer find the code.',
        ),
      ];
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/\b(an?|the)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** The first question of a section of free account or open questions. */
function closedFirst(part: Part): Finding[] {
  const { phase, items } = part.value;
  if ((phase !== 'freeAccount' && phase !== 'open') || !Array.isArray(items)) return [];
  const [first, inside] = firstQuestion(items, at(part, 'items'));
  if (!first || !isQuestion(first.value)) return [];
  const words = english(first);
  if (first.value['type'] !== 'boolean' && !CLOSED.test(words)) return [];
  return [
    finding(
      'closedFirst',
      inside,
      `the section "${String(part.value['id'])}" begins with a question that is answered by yes or no`,
      'Let the applicant tell first, and ask this later.',
    ),
  ];
}

function firstQuestion(
  items: readonly unknown[],
  place: { file: string; pointer: string },
): [Part | undefined, typeof place] {
  const first = items[0] as Part['value'] | null | undefined;
  if (typeof first !== 'object' || first === null) return [undefined, place];
  const here = at(place, 0);
  if (Array.isArray(first['items'])) return firstQuestion(first['items'], at(here, 'items'));
  return [{ ...here, path: '', readOut: false, value: first }, here];
}
