import { describe, expect, it, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { type CompiledWorkflow, compileWorkflow } from './compile.js';
import { wayInWords, wayTo } from './way.js';

const charts = ['interview', 'questionnaire'].flatMap((id) =>
  readdirSync(`workflows/${id}`).map((name): [string, CompiledWorkflow] => {
    const file = `workflows/${id}/${name}`;
    const compiled = compileWorkflow(JSON.parse(readFileSync(file, 'utf8')), { file });
    if (!compiled.ok) throw new Error(`${file} is refused`);
    return [file, compiled.workflow];
  }),
);
const chart = (file: string): CompiledWorkflow => new Map(charts).get(`workflows/${file}`)!;

describe('the way to a command', () => {
  test.each([
    ['interview/v1.json', 'planned', 'RECORD_ANSWER', ['GIVE_NOTICE', 'START_INTERVIEW']],
    ['interview/v1.json', 'underway', 'RECORD_ANSWER', []],
    ['interview/v1.json', 'readBack', 'RECORD_ANSWER', ['BACK_TO_QUESTIONS']],
    ['interview/v1.json', 'sealed', 'RECORD_ANSWER', undefined],
    ['questionnaire/v2.json', 'draft', 'PUBLISH_QUESTIONNAIRE', ['SUBMIT_FOR_APPROVAL', 'APPROVE_QUESTIONNAIRE']],
    ['questionnaire/v2.json', 'inReview', 'EDIT_DRAFT', ['RETURN_QUESTIONNAIRE']],
    ['questionnaire/v2.json', 'published', 'EDIT_DRAFT', undefined],
  ])('in %s from %s to %s is %j', (file, from, command, way) => {
    expect(wayTo(chart(file), from, command)?.map(({ type }) => type)).toEqual(way);
  });

  test.each(charts)('in %s ends where the command is answered, from every state', (_, workflow) => {
    const { leaves } = workflow.model.regions[0]!;
    for (const leaf of leaves.values())
      for (const command of Object.keys(workflow.commands)) {
        const way = wayTo(workflow, leaf.name, command);
        const end = way?.reduce((at, { type }) => {
          const targets = at.transitions.get(type)!.flatMap(({ target }) => (target === null ? [] : [target]));
          return leaves.get(targets[0]!)!;
        }, leaf);
        if (end) expect([...end.transitions.keys()]).toContain(command);
        if (leaf.transitions.has(command)) expect(way).toEqual([]);
      }
  });

  it('reads as a sentence', () => {
    expect(wayInWords(wayTo(chart('interview/v1.json'), 'planned', 'RECORD_ANSWER')!)).toBe(
      'GIVE_NOTICE (Give the notice of purpose), then START_INTERVIEW (Start the interview)',
    );
  });
});
