import { readFileSync } from 'node:fs';
import type { Problem } from '../../src/domain/workflow/chart.js';
import { compileWorkflow } from '../../src/domain/workflow/compile.js';

export type Json = Record<string, unknown>;

/** Version 1 of a lifecycle as JSON of its own, to be spoilt. */
export const published = (id: string): Json => JSON.parse(readFileSync(`workflows/${id}/v1.json`, 'utf8')) as Json;

/** Where the regions of a case chart stand in it, as JSON Pointers. */
export const CASE = {
  after: '/states/assessment/states',
  examining: '/states/assessment/states/examining/states',
  suspicion: '/states/suspicion/states',
  claim: '/states/claim/states/open/on',
} as const;

/** The shortest ways of a case from its registration. */
export const TO_APPROVED = [
  'ACCEPT_TRIAGE',
  'START_INTERVIEWING',
  'COMPLETE_INTERVIEWING',
  'SUBMIT_FOR_REVIEW',
  'APPROVE_REVIEW',
];
export const TO_EXCLUDED = [...TO_APPROVED, 'DECIDE_EXCLUSION'];
export const TO_NOT_EXCLUDED = [...TO_APPROVED, 'PROPOSE_SUSPICION', 'CONFIRM_SUSPICION', 'DECIDE_NOT_EXCLUDED'];

/** What stands at a JSON Pointer. */
export function at(json: unknown, pointer: string): Json {
  return pointer
    .split('/')
    .slice(1)
    .reduce((value, key) => (value as Json)[key], json) as Json;
}

/** The problems of a published chart after one change. */
export function problemsAfter(id: string, change: (chart: Json) => void): readonly Problem[] {
  const chart = published(id);
  change(chart);
  const compiled = compileWorkflow(chart, { file: `${id}.json` });
  return compiled.ok ? [] : compiled.problems;
}

/** Takes effects of a type, and with that value where one is given, out of the transition at a pointer. */
export const without =
  (pointer: string, type: string, value?: string) =>
  (chart: Json): void => {
    const holder = at(chart, pointer);
    holder['effects'] = (holder['effects'] as { type: string; params: Json }[]).filter(
      (effect) => effect.type !== type || (value !== undefined && !Object.values(effect.params).includes(value)),
    );
  };
