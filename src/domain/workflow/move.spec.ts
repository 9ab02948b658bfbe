import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { aCase, by, carried, refused, shipped } from '../../../test/factories/shipped-charts.js';
import { caseFacts, referralFacts } from '../../../test/factories/workflow-facts.js';
import { type CompiledWorkflow, compileWorkflow } from './compile.js';
import { configurationOf, decide, initial, type Snapshot, valueOf } from './decide.js';
import { allowedInEither, answering, decideInEither, meetingInEither, movedTo } from './move.js';
import type { FactsOf, WorkflowId } from './vocabulary/all.js';

const json = (id: string, version: number): Record<string, unknown> =>
  JSON.parse(readFileSync(`workflows/${id}/v${version}.json`, 'utf8')) as Record<string, unknown>;

/** Of each state of a chart the snapshot in which one region is in it, the others in their first. */
const everyState = (chart: CompiledWorkflow): Snapshot[] =>
  chart.model.regions.flatMap((region) =>
    [...region.leaves.values()].map((leaf) =>
      valueOf(
        chart,
        configurationOf(chart, initial(chart).snapshot).map((first) => (first.region === region.name ? leaf : first)),
      ),
    ),
  );

const clocksIn = (chart: CompiledWorkflow, snapshot: Snapshot): string[] =>
  configurationOf(chart, snapshot).flatMap((leaf) => [...leaf.deadlines]);

/** The clocks that run after a move, and those that the state it leads to waits for. */
function clocksAfter<Id extends WorkflowId>(
  [older, newer]: readonly [CompiledWorkflow<Id>, CompiledWorkflow<Id>],
  snapshot: Snapshot,
  facts: FactsOf[Id],
) {
  const moved = movedTo(newer, older, snapshot, facts)!;
  const running = new Set(clocksIn(older, snapshot));
  for (const { type, params } of moved.effects as readonly { type: string; params: Record<string, unknown> }[]) {
    if (type === 'startDeadline') running.add(params['kind'] as string);
    if (type === 'endDeadlines') for (const kind of params['kinds'] as string[]) running.delete(kind);
  }
  return { running: [...running].sort(), waited: clocksIn(newer, moved.snapshot).sort() };
}

describe('a move to a newer chart', () => {
  const [first, second] = [shipped('referral', 1), shipped('referral', 2)];
  const at = (delivery: string, isCorrection = false) =>
    movedTo(
      second,
      first,
      { delivery, standing: 'corrected' },
      referralFacts({ isCorrection, actorRoles: ['prosecutor'] }),
    );

  it('leads to the state of the same name', () => {
    expect(at('acknowledged')).toEqual({ snapshot: { delivery: 'acknowledged', standing: 'corrected' }, effects: [] });
  });

  it('leads to the state that the newer chart names, with its effects, where its guard holds', () => {
    expect(at('acknowledged', true)).toEqual({
      snapshot: { delivery: 'answerAwaited', standing: 'corrected' },
      effects: [{ type: 'endDeadlines', params: { kinds: ['feedback'] } }],
    });
  });

  it.each([referralFacts(), referralFacts({ isCorrection: true })])(
    'has a place for every state of version 1 of a referral',
    (facts) => {
      for (const snapshot of everyState(first)) expect(movedTo(second, first, snapshot, facts)).toBeDefined();
    },
  );

  it('has a place for every state of version 1 of a case, and leaves exactly the clocks running that it waits for', () => {
    const charts = [shipped('case', 1), shipped('case', 2)] as const;
    for (const snapshot of everyState(charts[0])) {
      const { running, waited } = clocksAfter(charts, snapshot, caseFacts());
      expect({ snapshot, running }).toEqual({ snapshot, running: waited });
    }
  });

  it('does not happen where the newer chart lacks the state, and begins the regions that are new', () => {
    const older = movedTo(first, second, { delivery: 'recalled', standing: 'valid' }, referralFacts());
    expect(older).toBeUndefined();
    const [old, newer] = [shipped('case', 1), shipped('case', 2)];
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

  describe('of a case decided under the last release', () => {
    const [pinned, newest] = [shipped('case', 1), shipped('case', 2)];
    const histories = JSON.parse(readFileSync('test/faults/histories/case.v1.json', 'utf8')) as {
      snapshot: Snapshot;
      events: { facets: { state?: Snapshot } }[];
    }[];
    const recorded = histories.flatMap(({ events }) =>
      events.flatMap(({ facets }) => (facets.state === undefined ? [] : [facets.state])),
    );
    const excluded = histories
      .map(({ snapshot }) => snapshot)
      .find((one) => JSON.stringify(one).includes('"excluded"'))!;
    const facts = caseFacts();

    it('is possible from every state that such a case was recorded in', () => {
      expect(recorded.length).toBeGreaterThan(10);
      for (const snapshot of recorded) expect(movedTo(newest, pinned, snapshot, facts)).toBeDefined();
    });

    it('is for what only the newest chart has, and lets the exclusion be reopened', () => {
      const { chart, at } = answering({ pinned, newest }, excluded, 'REOPEN_EXCLUSION', facts);
      expect(chart.version).toBe(2);
      const { snapshot } = carried(decide(chart, at, { type: 'REOPEN_EXCLUSION' }, facts));
      expect(snapshot).toMatchObject({
        assessment: { examining: 'analysing' },
        suspicion: { afterCorrection: 'owed' },
      });
      const types = allowedInEither({ pinned, newest }, excluded, facts).map(({ type }) => type);
      expect(types).toEqual(expect.arrayContaining(['APPEAL', 'REOPEN_EXCLUSION', 'RECORD_REMOVAL_BAR']));
      expect(new Set(types).size).toBe(types.length);
    });

    it.each(['APPEAL', 'NOBODY_KNOWS_THIS'])('is not for %s, which its own chart answers', (command) => {
      expect(answering({ pinned, newest }, excluded, command, facts)).toEqual({ chart: pinned, at: excluded });
    });
  });

  describe('of a case of the last release that was corrected', () => {
    const charts = { pinned: shipped('case', 1), newest: shipped('case', 2) };
    const at = (state: string): Snapshot => aCase('excluded', 'pending', state);
    const instead = {
      ok: false,
      code: 'commandRefused',
      because: [expect.stringMatching(/is no longer how it goes on from the state/)],
      instead:
        'Send PROPOSE_AFTER_CORRECTION (“Propose, for each allegation, whether suspicion remains”) in its place.',
    };

    it.each([
      ['owed', 'PROPOSE_SUSPICION', by('officer1F')],
      ['owedProposed', 'CONFIRM_SUSPICION', by('reviewer')],
      ['owedProposed', 'REJECT_SUSPICION', by('reviewer')],
    ])('%s: %s is neither offered nor carried out, and says what to send in its place', (state, type, facts) => {
      const said = refused(decideInEither(charts, at(state), { type }, facts));
      expect(said).toMatchObject({ ...instead, command: type });
      expect(said.allowed).not.toContain(type);
      expect(allowedInEither(charts, at(state), facts).map((one) => one.type)).not.toContain(type);
    });

    it('is refused to whoever may not send the old command, as ever', () => {
      const said = refused(decideInEither(charts, at('owed'), { type: 'PROPOSE_SUSPICION' }, by('decisionMaker')));
      expect(said).toMatchObject({ code: 'roleRefused' });
    });

    it.each(['owed', 'owedProposed'])('%s: its clock waits for what the newest chart has in its place', (state) => {
      const meeting = meetingInEither(charts, at(state), 'correctionReview');
      expect(meeting.map(({ type }) => type)).toEqual(['PROPOSE_AFTER_CORRECTION']);
    });

    it('goes on in the newest chart with what is in its place, and elsewhere as ever', () => {
      const facts = by('officer1F');
      const command = { type: 'PROPOSE_AFTER_CORRECTION' };
      expect(carried(decideInEither(charts, at('owed'), command, facts)).snapshot).toMatchObject({
        suspicion: { afterCorrection: 'owedProposed' },
      });
      const { snapshot } = initial(charts.pinned);
      expect(decideInEither(charts, snapshot, { type: 'PROPOSE_SUSPICION' }, facts).ok).toBe(true);
      expect(meetingInEither(charts, snapshot, 'triage')).toHaveLength(2);
    });

    it.each([true, false])('carries out what the newest chart has nowhere (a correction: %s)', (isCorrection) => {
      const own = { pinned: shipped('referral', 1), newest: shipped('referral', 2) };
      const here = { delivery: 'acknowledged', standing: 'valid' };
      const facts = referralFacts({ isCorrection });
      expect(carried(decideInEither(own, here, { type: 'CONCLUDE_REFERRAL' }, facts)).stage).toBe('closed');
      expect(allowedInEither(own, here, facts).map(({ type }) => type)).toContain('CONCLUDE_REFERRAL');
    });
  });
});
