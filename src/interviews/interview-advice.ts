import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import { positionOf, type Refused, type Snapshot } from '../domain/workflow/decide.js';
import { wayInWords, wayTo } from '../domain/workflow/way.js';
import type { LockedInterview } from './interview.store.js';

/** What to do instead of what the chart of an interview refused; undefined where its own sentences say that. */
export function interviewAdvice(
  workflow: CompiledWorkflow<'interview'>,
  { id, case_id, snapshot, interviewer_id }: LockedInterview,
  { code, command }: Refused,
  actorId: string,
): string | undefined {
  if (code !== 'commandRefused') return undefined;
  const another = `POST /api/cases/${case_id}/interviews opens another one`;
  const { state } = positionOf(workflow, snapshot as Snapshot).regions[0]!;
  const way = wayTo(workflow, state, command);
  const onward = wayTo(workflow, state, 'RECORD_ANSWER');
  if (way === undefined && onward !== undefined)
    return onward.length > 0
      ? `That was done already. Next, send ${wayInWords(onward)} to POST /api/interviews/${id}/commands.`
      : `That was done already. Go on with the questions: POST /api/interviews/${id}/answers.`;
  if (way === undefined)
    return `Nothing is added to this interview any more but comments (ADD_COMMENT at POST /api/interviews/${id}/commands); ${another}.`;
  if (interviewer_id !== actorId)
    return `Ask the officer who opened it; or ${another}, which you conduct, where the case calls for one.`;
  if (way.length > 0) return `First send ${wayInWords(way)} to POST /api/interviews/${id}/commands.`;
  return ADVICE[command];
}

const ADVICE: Readonly<Record<string, string>> = {
  START_INTERVIEW:
    'Once it is so, send it again with what changed: "recordingAnnounced", "interpreter" or "representativePresent"; with none of them to be had, abandon this sitting (ABANDON_INTERVIEW) and set another.',
  FINISH_QUESTIONS:
    'Each of them is named under "missing": record an answer or a status (unknown, refused, notAsked) for each.',
};
