import { OTHER_CALENDARS, type OtherCalendar } from '../timeline/other-calendars.js';
import { readDate } from '../timeline/uncertain-date.js';
import { inEdtf, readDateIn } from '../timeline/written-date.js';
import { MAX_PATTERN_TEXT } from './pattern.js';
import type { Plan, QuestionNode } from './plan.js';
import { didYouMean } from './problems.js';
import { STATUSES, type AnswerValue, type CalendarDate, type Recorded } from './scope.js';
import { inLanguage } from './texts.js';

/** A value that fits its question, or where it does not fit (JSON Pointer into the value) and what to send instead. */
export type ValueResult = { ok: true; value: AnswerValue } | Misfit;
type Misfit = { ok: false; pointer: string; message: string };
type ReadResult = { ok: true; value: AnswerValue; read?: Recorded['read'] } | Misfit;

const MAX_TEXT = 50_000;
const misfit = (pointer: string, message: string): Misfit => ({ ok: false, pointer, message });

/** The question with this id; undefined when the plan has none. */
export function findQuestion(plan: Plan, id: string): QuestionNode | undefined {
  const node = plan.nodes[plan.byId[id] ?? -1];
  return node?.kind === 'question' ? node : undefined;
}

/** Checks a value for one question and gives it back in its normal form. */
export function checkValue(plan: Plan, questionId: string, input: unknown): ValueResult {
  const question = findQuestion(plan, questionId);
  if (!question)
    return misfit(
      '',
      `this questionnaire has no question "${questionId}".${didYouMean(questionId, Object.keys(plan.byId))}`,
    );
  const result = question.calculation ? misfit('', CALCULATED) : readValue(plan, question, input);
  return result.ok ? { ok: true, value: result.value } : result;
}

const CALCULATED = 'this is calculated from other answers; change those';

/** Checks a value or a status and prepares what conditions compare. */
export function readAnswer(
  plan: Plan,
  question: QuestionNode,
  input: { value?: unknown; status?: unknown },
  language = 'en',
): { ok: true; recorded: Recorded } | Misfit {
  if (question.calculation) return misfit('', CALCULATED);
  if ((input.value === undefined) === (input.status === undefined))
    return misfit('', `send either a "value" or a "status" (${STATUSES.join(', ')})`);
  if (input.status !== undefined) {
    const status = STATUSES.find((one) => one === input.status);
    return status ? { ok: true, recorded: { status } } : misfit('/status', `must be one of ${STATUSES.join(', ')}`);
  }
  const result = readValue(plan, question, input.value, language);
  if (!result.ok) return misfit(`/value${result.pointer}`, result.message);
  return { ok: true, recorded: { value: result.value, ...(result.read !== undefined && { read: result.read }) } };
}

function readValue(plan: Plan, question: QuestionNode, input: unknown, language = 'en'): ReadResult {
  switch (question.type) {
    case 'boolean':
      return typeof input === 'boolean'
        ? { ok: true, value: input, read: input }
        : misfit('', 'send true or false; for "does not know" send a status');
    case 'number':
    case 'integer':
    case 'decimal':
      return numberValue(question, input);
    case 'choice':
      return codeValue(question, input, '');
    case 'multiChoice':
      return codesValue(question, input);
    case 'text':
      return textValue(question, input, language);
    case 'verbatim':
      return verbatimValue(input);
    case 'date':
      return dateValue(input);
    case 'person':
      return personValue(input);
    case 'document':
      return documentValue(input);
    case 'place':
    case 'unit':
    case 'rank':
    case 'organisation':
    case 'event':
      return referenceValue(plan, question, input);
  }
}

function numberValue({ type, definition }: QuestionNode, input: unknown): ReadResult {
  const { min, max, integer } = definition;
  if (typeof input !== 'number' || !Number.isFinite(input)) return misfit('', 'send a number');
  if ((integer || type === 'integer') && !Number.isSafeInteger(input)) return misfit('', 'send a whole number');
  if (min !== undefined && input < min) return misfit('', `must be ${min} or more`);
  if (max !== undefined && input > max) return misfit('', `must be ${max} or less`);
  return { ok: true, value: input, read: input };
}

function codeValue({ codes, definition }: QuestionNode, input: unknown, pointer: string): ReadResult {
  const known = codes.map(({ code }) => code);
  if (typeof input === 'string' && known.includes(input)) return { ok: true, value: input, read: input };
  const hint = typeof input === 'string' ? didYouMean(input, known) : '';
  return misfit(
    pointer,
    `must be one code of the list "${definition.list}": ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', ...' : ''}.${hint}`,
  );
}

function codesValue(question: QuestionNode, input: unknown): ReadResult {
  const { min = 1, max } = question.definition;
  if (!Array.isArray(input)) return misfit('', 'send a list of codes: ["a", "b"]');
  if (input.length < min) return misfit('', `choose at least ${min}; when nothing applies send a status`);
  if (max !== undefined && input.length > max) return misfit('', `choose at most ${max}`);
  for (const [index, code] of (input as unknown[]).entries()) {
    const result = codeValue(question, code, `/${index}`);
    if (!result.ok) return result;
    if (input.indexOf(code) !== index) return misfit(`/${index}`, `"${String(code)}" stands twice`);
  }
  const alone = question.codes.find(({ code, exclusive }) => exclusive && input.length > 1 && input.includes(code));
  if (alone) return misfit(`/${input.indexOf(alone.code)}`, `"${alone.code}" stands alone; take it or the others away`);
  const codes = Object.freeze([...(input as string[])]);
  return { ok: true, value: codes, read: codes };
}

function textValue({ pattern, definition }: QuestionNode, input: unknown, language: string): ReadResult {
  const result = words(input, '');
  if (!result.ok || !pattern || !definition.pattern) return result;
  const text = result.value as string;
  return text.length <= MAX_PATTERN_TEXT && pattern.test(text)
    ? result
    : misfit('', inLanguage(definition.pattern.message, language));
}

function words(input: unknown, pointer: string): ReadResult {
  if (typeof input !== 'string' || input.trim() === '')
    return misfit(pointer, 'send words; when nothing was said send a status');
  if (input.length > MAX_TEXT) return misfit(pointer, `at most ${MAX_TEXT} characters; split the account`);
  if (input.includes('\0') || /\p{Surrogate}/u.test(input))
    return misfit(pointer, 'contains a character that is no text; remove it');
  return { ok: true, value: input };
}

/** The object with only known keys, or what is wrong with it. */
function known(
  input: unknown,
  keys: readonly string[],
  shape: string,
): { ok: true; object: Record<string, unknown> } | Misfit {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return misfit('', `send an object: ${shape}`);
  const stray = Object.keys(input).find((key) => !keys.includes(key));
  return stray === undefined
    ? { ok: true, object: input as Record<string, unknown> }
    : misfit(`/${stray}`, `there is no such key here; send ${shape}`);
}

function verbatimValue(input: unknown): ReadResult {
  const shape = '{"original": "...", "originalLanguage": "rw", "interpreted": "...", "interpreterUnsure": false}';
  const result = known(input, ['original', 'originalLanguage', 'interpreted', 'interpreterUnsure'], shape);
  if (!result.ok) return result;
  const { original, originalLanguage, interpreted, interpreterUnsure } = result.object;
  if (original === undefined && interpreted === undefined)
    return misfit('', 'send the original words, the interpreted words, or both');
  for (const [key, spoken] of Object.entries({ original, interpreted })) {
    const checked = spoken === undefined ? undefined : words(spoken, `/${key}`);
    if (checked && !checked.ok) return checked;
  }
  if (
    originalLanguage !== undefined &&
    !(typeof originalLanguage === 'string' && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(originalLanguage))
  )
    return misfit('/originalLanguage', 'send a language tag such as en, rw or ar');
  if (interpreterUnsure !== undefined && typeof interpreterUnsure !== 'boolean')
    return misfit('/interpreterUnsure', 'send true or false');
  return { ok: true, value: Object.freeze({ ...result.object }) as AnswerValue };
}

const DATE_SHAPE =
  'a date in EDTF: "1994", "1994-04", "1994~", or {"edtf": "1994-04", "said": "in the rainy season"}, or in another calendar ' +
  `(${OTHER_CALENDARS.join(', ')}): {"calendar": "solarHijri", "date": "1373-01"}`;

function dateValue(input: unknown): ReadResult {
  if (typeof input === 'object' && input !== null && 'calendar' in input) return calendarDate(input);
  const plain = typeof input === 'string';
  const result = plain ? { ok: true as const, object: { edtf: input } } : known(input, ['edtf', 'said'], DATE_SHAPE);
  if (!result.ok) return result;
  const { edtf, said } = result.object as { edtf?: unknown; said?: unknown };
  const pointer = plain ? '' : '/edtf';
  if (typeof edtf !== 'string') return misfit(pointer, `send ${DATE_SHAPE}`);
  const date = readDate(edtf);
  if (!date.ok) return misfit(pointer, date.message);
  const checked = said === undefined ? undefined : words(said, '/said');
  if (checked && !checked.ok) return checked;
  return { ok: true, value: plain ? edtf : (Object.freeze({ ...result.object }) as AnswerValue), read: date.date };
}

/** As written in its calendar; what is sent as `edtf` is replaced by what we convert it to. */
function calendarDate(input: object): ReadResult {
  const result = known(input, ['calendar', 'date', 'said', 'edtf'], DATE_SHAPE);
  if (!result.ok) return result;
  const { calendar, date, said } = result.object;
  if (!(OTHER_CALENDARS as readonly unknown[]).includes(calendar))
    return misfit(
      '/calendar',
      `must be one of ${OTHER_CALENDARS.join(', ')}; a Gregorian date goes without "calendar"`,
    );
  if (typeof date !== 'string') return misfit('/date', `send ${DATE_SHAPE}`);
  const read = readDateIn(calendar as OtherCalendar, date);
  if (!read.ok) return misfit('/date', read.message);
  const checked = said === undefined ? undefined : words(said, '/said');
  if (checked && !checked.ok) return checked;
  const edtf = inEdtf(read.date);
  const value: CalendarDate = {
    calendar: calendar as OtherCalendar,
    date: date.trim(),
    ...(said !== undefined && { said: said as string }),
    ...(edtf !== undefined && { edtf }),
  };
  return { ok: true, value: Object.freeze(value), read: read.date };
}

/** An object whose parts are words, at least one of the `needed` ones among them. */
function partsInWords(input: unknown, parts: readonly string[], needed: readonly string[], shape: string): ReadResult {
  const result = known(input, parts, shape);
  if (!result.ok) return result;
  if (needed.length > 0 && needed.every((key) => result.object[key] === undefined)) return misfit('', `send ${shape}`);
  for (const key of parts) {
    const checked = result.object[key] === undefined ? undefined : words(result.object[key], `/${key}`);
    if (checked && !checked.ok) return checked;
  }
  return { ok: true, value: Object.freeze({ ...result.object }) as AnswerValue };
}

const personValue = (input: unknown): ReadResult =>
  partsInWords(
    input,
    ['given', 'family', 'known', 'relationship', 'role', 'said'],
    ['given', 'family', 'known', 'said', 'relationship', 'role'],
    'somebody in the parts that were said: {"given": "...", "family": "...", "known": "what else they are called", "relationship": "...", "role": "...", "said": "the words as said"}',
  );

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function documentValue(input: unknown): ReadResult {
  const shape =
    'a document in the parts that are known: {"kind": "...", "number": "...", "issued": "1994-04", "by": "...", "said": "...", "document": "id of a document of the case"}';
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return misfit('', `send an object: ${shape}`);
  const { issued, document, ...rest } = input as Record<string, unknown>;
  if (document !== undefined && !(typeof document === 'string' && UUID.test(document)))
    return misfit('/document', 'must be the id of a document of the case');
  const date = issued === undefined ? undefined : dateValue(issued);
  if (date && !date.ok) return misfit(`/issued${date.pointer}`, date.message);
  const parts = ['kind', 'number', 'by', 'said'];
  const said = partsInWords(rest, parts, document === undefined && !date ? parts : [], shape);
  if (!said.ok) return said;
  const value = {
    ...(said.value as object),
    ...(date && { issued: date.value }),
    ...(document !== undefined && { document }),
  };
  return { ok: true, value: Object.freeze(value) as AnswerValue };
}

function referenceValue(plan: Plan, { type }: QuestionNode, input: unknown): ReadResult {
  const shape = `{"ref": "..."} with a ${type} of the reference data, {"said": "the words as said"}, or both`;
  const result = known(input, ['ref', 'said'], shape);
  if (!result.ok) return result;
  const { ref, said } = result.object;
  if (ref === undefined && said === undefined) return misfit('', `send ${shape}`);
  if (ref !== undefined && !(typeof ref === 'string' && plan.reference[ref]?.type === type))
    return misfit(
      '/ref',
      `the reference data has no ${type} ${JSON.stringify(ref)}; send the words as said: {"said": "..."}`,
    );
  const checked = said === undefined ? undefined : words(said, '/said');
  if (checked && !checked.ok) return checked;
  return {
    ok: true,
    value: Object.freeze({ ...result.object }) as AnswerValue,
    ...(ref !== undefined && { read: ref as string }),
  };
}
