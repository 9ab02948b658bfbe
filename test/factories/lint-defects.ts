import type { FindingCode } from '../../src/domain/questionnaire/lint/codes.js';
import type { Witness } from '../../src/domain/questionnaire/lint/finding.js';
import type { SourceFile } from '../../src/domain/questionnaire/plan.js';
import { ask } from './lint-pack.js';

/** A questionnaire with one defect that the linter proves, by a witness where it can, and the same one mended. */
export interface Defect {
  readonly title: string;
  readonly code: FindingCode;
  readonly pointer: string;
  readonly witness?: Witness;
  readonly defective: SourceFile;
  readonly mended: SourceFile;
}

export const age = ask('age', 'number', { min: 0, max: 120, integer: true });
export const held = ask('held', 'boolean');
/** The last question, asked only where the condition holds. */
export const gated = (when: unknown, more = {}) => ask('last', 'text', { when, ifUnclear: 'closed', ...more });
export const is = (question: string, value: unknown) => ({ question, is: value });
/** Who shows the defect: somebody who answers this. */
export const said = (answers: Record<string, unknown>): Witness => ({
  answers: Object.entries(answers).map(([questionId, value]) => ({ questionId, value })),
});
