import type { Plan, SourceFile } from '../plan.js';
import { Problems, at, didYouMean, unique, type Place, type Problem } from '../problems.js';
import { schemaProblems } from '../schema-check.js';
import { readAccount } from './account.js';
import type { Expectations, Said, Scenario, ScenarioFile, WrittenScenario } from './scenario.js';

export type ScenariosResult = { ok: true; plan: Plan; scenarios: Scenario[] } | { ok: false; problems: Problem[] };

/** Checks one scenario file against the plan it names (the newest version among `plans`) and makes its scenarios ready to run. */
export function readScenarios({ file, content }: SourceFile, plans: readonly Plan[]): ScenariosResult {
  const wrong = schemaProblems('scenario', content);
  if (wrong.length > 0) return { ok: false, problems: wrong.map((problem) => ({ file, ...problem })) };
  const written = content as ScenarioFile;
  const problems = new Problems();
  const plan = newest(plans, written.questionnaire);
  if (!plan) {
    const known = plans.map(({ id }) => id);
    problems.add(
      { file, pointer: '/questionnaire' },
      `the pack has no questionnaire "${written.questionnaire}".${didYouMean(written.questionnaire, known)} It has: ${[...new Set(known)].join(', ')}`,
    );
    return { ok: false, problems: problems.list };
  }
  const reader = new ScenarioReader(plan, file, written.scenarios, problems);
  const scenarios = written.scenarios.map((_, index) => reader.read(index));
  return problems.list.length > 0 ? { ok: false, problems: unique(problems.list) } : { ok: true, plan, scenarios };
}

/** The newest version of a questionnaire among these plans. */
export function newest(plans: readonly Plan[], id: string): Plan | undefined {
  return plans.filter((plan) => plan.id === id).sort((a, b) => b.version - a.version)[0];
}

class ScenarioReader {
  constructor(
    private readonly plan: Plan,
    private readonly file: string,
    private readonly all: readonly WrittenScenario[],
    private readonly problems: Problems,
  ) {}

  read(index: number): Scenario {
    const written = this.all[index]!;
    const place: Place = { file: this.file, pointer: `/scenarios/${index}` };
    const { id, title, role, twinOf, applicant, play = 'asGiven', expect } = written;
    if (this.all.findIndex((other) => other.id === id) !== index)
      this.problems.add(at(place, 'id'), `there are two scenarios "${id}"; give one another id`);
    this.checkRole(written, place);
    this.checkExpectations(expect, play, at(place, 'expect'));
    const said = this.saidBy(index, place, []);
    return {
      id,
      title,
      role,
      ...(twinOf !== undefined && { twinOf }),
      file: this.file,
      pointer: place.pointer,
      child: applicant?.child ?? 'no',
      account: readAccount(this.plan, said, this.problems),
      play,
      expect,
    };
  }

  private checkRole({ role, twinOf, expect }: WrittenScenario, place: Place): void {
    if (role === 'innocentTwin' && twinOf === undefined)
      this.problems.add(place, 'an innocentTwin names in "twinOf" the indicator it leaves silent');
    if (role !== 'innocentTwin' && twinOf !== undefined)
      this.problems.add(at(place, 'twinOf'), `"twinOf" belongs to the role innocentTwin, and this is a ${role}`);
    if (twinOf !== undefined) this.checkIndicators([twinOf], () => at(place, 'twinOf'));
    if (role === 'firing' && !expect.indicators?.length && !expect.raised?.length)
      this.problems.add(
        at(place, 'expect'),
        'a scenario with the role firing says in "raised" or "indicators" what it raises',
      );
  }

  private checkExpectations(expect: Expectations, play: string, place: Place): void {
    if (Object.keys(expect).length === 0)
      this.problems.add(
        place,
        'nothing is expected; state at least one of open, closed, indicators, raised, silent, noSeverity, askedAtMost',
      );
    for (const key of ['open', 'closed'] as const)
      for (const [index, id] of (expect[key] ?? []).entries()) this.checkQuestion(id, at(place, key, index));
    for (const key of ['indicators', 'raised', 'silent'] as const)
      this.checkIndicators(expect[key] ?? [], (index) => at(place, key, index));
    if (expect.askedAtMost !== undefined && play !== 'rest')
      this.problems.add(
        at(place, 'askedAtMost'),
        'questions are counted only when the whole interview is played; write "play": "rest"',
      );
  }

  private checkQuestion(id: string, place: Place): void {
    const node = this.plan.nodes[this.plan.byId[id] ?? -1];
    if (node?.kind === 'question') return;
    const questions = this.plan.nodes.filter(({ kind }) => kind === 'question').map((one) => one.id);
    this.problems.add(
      place,
      node
        ? `"${id}" is a repeat; name a question in it`
        : `${this.plan.id} has no question "${id}".${didYouMean(id, questions)}`,
    );
  }

  private checkIndicators(ids: readonly string[], placeOf: (index: number) => Place): void {
    const known = this.plan.indicators.map(({ id }) => id);
    for (const [index, id] of ids.entries())
      if (!known.includes(id))
        this.problems.add(placeOf(index), `${this.plan.id} has no indicator "${id}".${didYouMean(id, known)}`);
  }

  /** Every answer with its place, those of `from` first; an answer of one's own replaces it whole. */
  private saidBy(index: number, place: Place, above: readonly string[]): Map<string, { said: unknown; place: Place }> {
    const { id, from, answers = {} } = this.all[index]!;
    const said =
      from === undefined ? new Map<string, { said: unknown; place: Place }>() : this.taken(index, place, above);
    for (const [question, value] of Object.entries<Said[string]>(answers)) {
      const here = at({ file: this.file, pointer: `/scenarios/${index}/answers` }, question);
      if (value !== null) said.set(question, { said: value, place: here });
      else if (!said.delete(question) && above.length === 0)
        this.problems.add(
          here,
          `null takes away an answer that "from" brought, and ${from === undefined ? `"${id}" has no "from"` : `"${from}" has none to this`}; leave the key out, or write {"status": "unknown"}`,
        );
    }
    return said;
  }

  private taken(index: number, place: Place, above: readonly string[]): Map<string, { said: unknown; place: Place }> {
    const { id, from } = this.all[index]!;
    const source = this.all.findIndex((other) => other.id === from);
    const where = at(place, 'from');
    if (source < 0)
      this.problems.add(
        where,
        `this file has no scenario "${from}".${didYouMean(
          from!,
          this.all.map((other) => other.id),
        )}`,
      );
    else if (from === id || above.includes(from!))
      this.problems.add(
        where,
        `"${id}" takes its answers from itself (${[...above, id, from].join(' -> ')}); break the circle`,
      );
    else return this.saidBy(source, place, [...above, id]);
    return new Map();
  }
}
