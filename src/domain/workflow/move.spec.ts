import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { caseFacts, referralFacts } from '../../../test/factories/workflow-facts.js';
import { type CompiledWorkflow, compileWorkflow, isWorkflow } from './compile.js';
import { initial } from './decide.js';
import { movedTo } from './move.js';
import type { WorkflowId } from './vocabulary/all.js';

const json = (id: string, version: number): Record<string, unknown> =>
  JSON.parse(readFileSync(`workflows/${id}/v${version}.json`, 'utf8')) as Record<string, unknown>;

function chart<Id extends WorkflowId>(id: Id, version: number): CompiledWorkflow<Id> {
  const compiled = compileWorkflow(json(id, version), { file: `${id} v${version}` });
  if (!compiled.ok || !isWorkflow(compiled.workflow, id)) throw new Error(`${id} v${version} is refused`);
  return compiled.workflow;
}

describe('a move to a newer chart', () => {
  const [first, second] = [chart('referral', 1), chart('referral', 2)];
  const at = (delivery: string, isCorrection = false) =>
    movedTo(second, first, { delivery, standing: 'corrected' }, referralFacts({ isCorrection }));

  it('leads to the state of the same name', () => {
    expect(at('acknowledged')).toEqual({ snapshot: { delivery: 'acknowledged', standing: 'corrected' }, effects: [] });
  });

  it('leads to the state that the newer chart names, with its effects, where its guard holds', () => {
    expect(at('acknowledged', true)).toEqual({
      snapshot: { delivery: 'answerAwaited', standing: 'corrected' },
      effects: [{ type: 'endDeadlines', params: { kinds: ['feedback'] } }],
    });
  });

  it('has a place for every state of version 1 of a referral', () => {
    for (const { name, leaves } of first.model.regions)
      for (const state of leaves.keys()) {
        const snapshot = { delivery: 'due', standing: 'valid', [name]: state };
        expect(movedTo(second, first, snapshot, referralFacts())).toBeDefined();
      }
  });

  it('does not happen where the newer chart lacks the state, and begins the regions that are new', () => {
    const older = movedTo(first, second, { delivery: 'recalled', standing: 'valid' }, referralFacts());
    expect(older).toBeUndefined();
    const [old, newer] = [chart('case', 1), chart('case', 2)];
    const moved = movedTo(newer, old, initial(old).snapshot, caseFacts());
    expect(moved?.snapshot).toMatchObject({ account: 'noAccount', prosecutionTrack: 'noTrack' });
  });

  it.each([
    [{ '2': { delivery: { closed: { target: 'erased' } } } }, '/moves/2'],
    [{ '1': { deliver: { closed: { target: 'erased' } } } }, '/moves/1/deliver'],
    [{ '1': { delivery: { closed: { target: 'erasd' } } } }, '/moves/1/delivery/closed/target'],
    [{ '1': { delivery: { closed: { target: 'erased', guard: 'isCorection' } } } }, '/moves/1/delivery/closed/guard'],
    [
      { '1': { delivery: { closed: { target: 'erased', effects: [{ type: 'erase' }] } } } },
      '/moves/1/delivery/closed/effects/0/type',
    ],
  ])('is refused at load where it names what the chart does not have: %j', (moves, pointer) => {
    const compiled = compileWorkflow({ ...json('referral', 2), moves }, { file: 'v2' });
    expect(compiled).toMatchObject({ ok: false, problems: [{ pointer }] });
  });
});
