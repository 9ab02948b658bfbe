import { pipedValue } from './pipes.js';
import type { Frames, PlanCheck, QuestionNode, RepeatNode } from './plan.js';
import type { Session } from './session.js';
import { fillPipes, inLanguage } from './texts.js';
import { NO, UNCLEAR } from './trit.js';

/** A check that an answer, or the answers of an item, do not pass. */
export interface FailedCheck {
  /** The question or repeat it stands on, and its own id there. */
  of: string;
  id: string;
  severity: 'error' | 'warning';
  message: string;
}

/** The checks that fail on an open, answered question, or in an item of a repeat (`frames` ends with the item). */
export function failedChecks(session: Session, node: QuestionNode | RepeatNode, frames: Frames): FailedCheck[] {
  if (node.checks.length === 0) return [];
  const scope = frames[node.chain.length]!;
  if (scope.open[node.slot] !== 1) return [];
  if (node.kind === 'question' && scope.answers[node.slot]?.value === undefined) return [];
  return node.checks.flatMap((check) =>
    fails(check, frames)
      ? [
          {
            of: node.id,
            id: check.definition.id,
            severity: check.definition.severity,
            message: messageOf(session, check, frames),
          },
        ]
      : [],
  );
}

/** What was never said fails nothing; what leaves it open does when its author says so. */
function fails({ condition, definition }: PlanCheck, frames: Frames): boolean {
  const value = condition.test(frames);
  return value === NO || (value === UNCLEAR && definition.ifUnclear === 'fail');
}

function messageOf(session: Session, { definition, pipes }: PlanCheck, frames: Frames): string {
  const { language } = session.context;
  return fillPipes(inLanguage(definition.message, language), (name) => pipedValue(session, pipes[name], frames));
}
