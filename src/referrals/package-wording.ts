import { findQuestion } from '../domain/questionnaire/values.js';
import type { Plan, QuestionNode } from '../domain/questionnaire/plan.js';
import { codeInWords } from '../domain/questionnaire/explain.js';
import type { AnswerValue } from '../domain/questionnaire/scope.js';
import { inLanguage } from '../domain/questionnaire/texts.js';
import type { AnswerInFile } from '../domain/referral/file.js';
import { saidIn } from '../domain/timeline/said.js';

/** A questionnaire that an interview is, or was, pinned to. */
export interface PinnedPlan {
  readonly plan: Plan;
  readonly code: string;
  readonly position: number;
}

/** The question of an answer, what it says, and what its codes stand for; in English, which every questionnaire has. */
export function wordingOf(
  pins: readonly PinnedPlan[],
  questionId: string,
  value: unknown,
): Pick<AnswerInFile, 'question' | 'inWords' | 'labels'> {
  const found = questionIn(pins, questionId);
  if (!found) return { question: null, inWords: '', labels: [] };
  const { plan, node } = found;
  return {
    question: inLanguage(node.definition.text, 'en'),
    inWords: value === undefined ? '' : saidIn(plan, node, value as AnswerValue),
    labels: labelsOf(plan, node, value),
  };
}

/** What a question is asked for; undefined when the questionnaire no longer tells. */
export const purposeOf = (pins: readonly PinnedPlan[], questionId: string): string | undefined =>
  questionIn(pins, questionId)?.node.definition.purpose;

/** The questions that an indicator's rule looks at, by the ids that answers have. */
export function questionsBehind(pins: readonly PinnedPlan[], indicatorId: string): string[] {
  for (const pin of pins) {
    const { plan } = pin;
    const indicator = plan.indicators.find(({ id }) => asAsked(pin, id) === indicatorId);
    if (!indicator) continue;
    const target = plan.nodes.length + indicator.index;
    return plan.nodes
      .filter((node) => node.kind === 'question' && plan.dependants[node.index]?.some((one) => one.target === target))
      .map(({ id }) => asAsked(pin, id));
  }
  return [];
}

function questionIn(pins: readonly PinnedPlan[], questionId: string): { plan: Plan; node: QuestionNode } | undefined {
  for (const pin of pins) {
    const prefix = `${pin.code}:`;
    const own = questionId.startsWith(prefix) ? questionId.slice(prefix.length) : questionId;
    const node = asAsked(pin, own) === questionId ? findQuestion(pin.plan, own) : undefined;
    if (node) return { plan: pin.plan, node };
  }
  return undefined;
}

/**
 * In an interview of several questionnaires the ids of the second and further ones begin with their code and a colon; those of
 * modules (they have a dot) are asked once, under their own.
 */
const asAsked = ({ code, position }: PinnedPlan, id: string): string =>
  position === 0 || id.includes('.') ? id : `${code}:${id}`;

function labelsOf(plan: Plan, node: QuestionNode, value: unknown): { code: string; text: string }[] {
  const ref = (value as { ref?: unknown } | null | undefined)?.ref;
  const codes = [value, ref].flat().filter((one): one is string => typeof one === 'string');
  return codes.flatMap((code) => {
    const known = plan.reference[code] ?? plan.reference[code.slice(code.indexOf(':') + 1)];
    const text = node.codes.length > 0 ? codeInWords(node, code, 'en') : known?.entry.name;
    return text === undefined ? [] : [{ code, text }];
  });
}
