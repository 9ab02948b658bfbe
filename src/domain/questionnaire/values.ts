import { readDate } from '../timeline/uncertain-date.js';
import { isReference } from './operators.js';
import type { Plan, QuestionNode } from './plan.js';
import { didYouMean } from './problems.js';
import { STATUSES, type AnswerValue, type Recorded } from './scope.js';

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
  const result = readValue(plan, question, input);
  return result.ok ? { ok: true, value: result.value } : result;
}

/** Checks a value or a status and prepares what conditions compare. */
export function readAnswer(
  plan: Plan,
  question: QuestionNode,
  input: { value?: unknown; status?: unknown },
): { ok: true; recorded: Recorded } | Misfit {
  if ((input.value === undefined) === (input.status === undefined))
    return misfit('', `send either a "value" or a "status" (${STATUSES.join(', ')})`);
  if (input.status !== undefined) {
    const status = STATUSES.find((one) => one === input.status);
    return status ? { ok: true, recorded: { status } } : misfit('/status', `must be one of ${STATUSES.join(', ')}`);
  }
  const result = readValue(plan, question, input.value);
  if (!result.ok) return misfit(`/value${result.pointer}`, result.message);
  return { ok: true, recorded: { value: result.value, ...(result.read !== undefined && { read: result.read }) } };
}

function readValue(plan: Plan, question: QuestionNode, input: unknown): ReadResult {
  switch (question.type) {
    case 'boolean':
      return typeof input === 'boolean'
        ? { ok: true, value: input, read: input }
        : misfit('', 'send true or false; for "does not know" send a status');
    case 'number':
      return numberValue(question, input);
    case 'choice':
      return codeValue(question, input, '');
    case 'multiChoice':
      return codesValue(question, input);
    case 'text':
      return words(input, '');
    case 'verbatim':
      return verbatimValue(input);
    case 'date':
      return dateValue(input);
    case 'place':
    case 'unit':
    case 'rank':
    case 'organisation':
    case 'event':
      return referenceValue(plan, question, input);
  }
}

function numberValue({ definition }: QuestionNode, input: unknown): ReadResult {
  const { min, max, integer } = definition;
  if (typeof input !== 'number' || !Number.isFinite(input)) return misfit('', 'send a number');
  if (integer && !Number.isSafeInteger(input)) return misfit('', 'send a whole number');
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
  const codes = Object.freeze([...(input as string[])]);
  return { ok: true, value: codes, read: codes };
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

function dateValue(input: unknown): ReadResult {
  const shape = 'a date in EDTF: "1994", "1994-04", "1994~", or {"edtf": "1994-04", "said": "in the rainy season"}';
  const plain = typeof input === 'string';
  const result = plain ? { ok: true as const, object: { edtf: input } } : known(input, ['edtf', 'said'], shape);
  if (!result.ok) return result;
  const { edtf, said } = result.object as { edtf?: unknown; said?: unknown };
  const pointer = plain ? '' : '/edtf';
  if (typeof edtf !== 'string') return misfit(pointer, `send ${shape}`);
  const date = readDate(edtf);
  if (!date.ok) return misfit(pointer, date.message);
  const checked = said === undefined ? undefined : words(said, '/said');
  if (checked && !checked.ok) return checked;
  return { ok: true, value: plain ? edtf : (Object.freeze({ ...result.object }) as AnswerValue), read: date.date };
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

/** A value in words, for texts that pipe it and for sentences. */
export function valueInWords(
  plan: Plan,
  question: QuestionNode,
  recorded: Recorded,
  wordsOf: (code: string) => string,
): string | undefined {
  const { value } = recorded;
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return (value as string[]).map(wordsOf).join(', ');
  if (typeof value === 'string') return question.type === 'choice' ? wordsOf(value) : value;
  const { said, edtf, ref, interpreted, original } = value as Record<string, string | undefined>;
  if (isReference(question.type)) return ref !== undefined ? plan.reference[ref]!.entry.name : said;
  return edtf ?? interpreted ?? original;
}
