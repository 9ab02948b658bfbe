import { codeInWords } from '../questionnaire/explain.js';
import type { Plan, QuestionNode } from '../questionnaire/plan.js';
import type { AnswerValue } from '../questionnaire/scope.js';

/** An answer as it is quoted: what was said, else what was coded. */
export function saidIn(plan: Plan, node: QuestionNode, value: AnswerValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  const words = (code: string): string => (node.codes.length > 0 ? codeInWords(node, code, 'en') : code);
  if (typeof value === 'string') return words(value);
  if (Array.isArray(value)) return (value as readonly string[]).map(words).join(', ');
  const parts = value as Readonly<Record<string, unknown>>;
  const name = typeof parts['ref'] === 'string' ? plan.reference[parts['ref']]?.entry.name : undefined;
  const person = ['given', 'family', 'known'].flatMap((key) => parts[key] ?? []).join(' ');
  const candidates = [
    name,
    person,
    parts['interpreted'],
    parts['original'],
    parts['edtf'],
    parts['date'],
    parts['said'],
  ];
  return candidates.filter((one): one is string => typeof one === 'string' && one !== '')[0] ?? '';
}
