import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import type { Refused } from '../domain/workflow/decide.js';
import { wayInWords, wayTo } from '../domain/workflow/way.js';
import type { Step } from './version-steps.js';

/** What to do instead of what the chart refused of a questionnaire; undefined where its own sentences say that. */
export function versionAdvice(
  workflow: CompiledWorkflow<'questionnaire'>,
  { record: { id, code, stage }, row, looked: { proof, difference } }: Step,
  { code: why, command }: Refused,
  nextNumber: number,
): string | undefined {
  if (why !== 'commandRefused') return undefined;
  const way = wayTo(workflow, stage, command);
  if (way === undefined)
    return stage === 'discarded'
      ? 'Make a new draft of its files with POST /api/questionnaires.'
      : `What was published is never changed. To make version ${nextNumber} of ${code}, send its files with "version": ${nextNumber} to POST /api/questionnaires.`;
  if (way.length > 0) return `First send ${wayInWords(way)} to POST /api/questionnaires/${id}/commands.`;
  const advice = [
    ...((row.actor_is_author && OF_ANOTHER.includes(command)) || (row.migration?.own && command === 'MIGRATE')
      ? ['Ask another author to do it.']
      : []),
    ...(row.migration?.tried === false && command === 'MIGRATE'
      ? [`GET /api/questionnaires/${id}/migrations shows when it was tried, and what stands in the way.`]
      : []),
    ...(proof.clean && proof.scenariosPass
      ? []
      : [`GET /api/questionnaires/${id}/proof names each finding and failed scenario with what to write instead.`]),
    ...(difference && command === 'APPROVE_QUESTIONNAIRE'
      ? [`GET /api/questionnaires/${id}/difference shows the difference; send its "hash" as "differenceHash".`]
      : []),
    ...(row.rivals.length > 0 && NEEDS_PROOF.includes(command)
      ? [
          `${row.rivals.join(', ')} serves the same country for the same purpose: retire it, or take the country out of this pack.`,
        ]
      : []),
  ];
  return advice.length > 0 ? advice.join(' ') : undefined;
}

/** Four eyes: not for whoever wrote it. */
const OF_ANOTHER: readonly string[] = ['APPROVE_QUESTIONNAIRE', 'RETURN_QUESTIONNAIRE'];
const NEEDS_PROOF: readonly string[] = ['SUBMIT_FOR_APPROVAL', 'APPROVE_QUESTIONNAIRE', 'PUBLISH_QUESTIONNAIRE'];
