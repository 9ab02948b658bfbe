import type { Plan, QuestionNode, RepeatNode } from '../questionnaire/plan.js';
import { framesAt } from '../questionnaire/replay.js';
import type { Recorded, Scope } from '../questionnaire/scope.js';
import type { Session } from '../questionnaire/session.js';
import { fillPipes, inLanguage } from '../questionnaire/texts.js';
import type { AnswerCited, Mention, StatedFact, TimelineEntry } from './entry.js';
import type { Codes, EntryMapping, Named, TimelineFile } from './format.js';
import { Knowledge } from './knowledge.js';
import { mappedParts, settingsOf, type MappedPart } from './mapped-plan.js';
import { saidIn } from './said.js';
import { fromAndTo, openEnds } from './spans.js';
import { readDate, type UncertainDate } from './uncertain-date.js';

/** One interview of the case. */
export interface Account {
  readonly interviewId: string;
  readonly session: Session;
  /** The day it was opened. */
  readonly day: string;
}

/** An entry before it is known when the applicant was born. */
export type EntryTold = Omit<TimelineEntry, 'child'>;

/** What one interview says. */
export interface Told {
  readonly entries: readonly EntryTold[];
  readonly facts: readonly StatedFact[];
  readonly knowledge: Knowledge;
}

/** Reads an interview: only answers in force to questions that are open; what is closed counts as not asked. */
export function readAccount(account: Account, files: readonly TimelineFile[]): Told {
  const { plan } = account.session;
  const knowledge = new Knowledge(plan.reference, settingsOf(plan, files));
  const parts = mappedParts(plan, files);
  return {
    entries: parts.flatMap((part) =>
      part.entries.flatMap((mapping) => new EntryReader(account, knowledge, mapping, part).all()),
    ),
    facts: parts.flatMap((part) => factsOf(account, knowledge, part)),
    knowledge,
  };
}

interface Answered {
  readonly node: QuestionNode;
  readonly recorded: Recorded;
  readonly cited: AnswerCited;
}

/** The value given to an open question; `item` may go deeper than the question does. */
function answered(
  { interviewId, session }: Account,
  node: QuestionNode,
  item: readonly number[],
): Answered | undefined {
  const own = item.slice(0, node.chain.length);
  const scope = framesAt(session.plan, session.root, node, own)?.at(-1);
  const recorded = scope?.open[node.slot] === 1 ? scope.answers[node.slot] : undefined;
  if (recorded?.value === undefined) return undefined;
  const said = saidIn(session.plan, node, recorded.value);
  return { node, recorded, cited: { interviewId, questionId: node.id, ...(own.length > 0 && { item: own }), said } };
}

/** Reads the entries of one mapping. */
class EntryReader {
  private readonly cited = new Map<string, AnswerCited>();
  private witness = false;

  constructor(
    private readonly account: Account,
    private readonly knowledge: Knowledge,
    private readonly mapping: EntryMapping,
    private readonly part: MappedPart,
  ) {}

  all(): EntryTold[] {
    const { plan, root } = this.account.session;
    const chains = questionsIn(this.mapping).map((id) => this.part.question(id)?.chain ?? []);
    const deepest = chains.reduce((one, other) => (other.length > one.length ? other : one), []);
    return itemsOf(plan, root, deepest).flatMap((item) => this.one(item) ?? []);
  }

  private one(item: readonly number[]): EntryTold | undefined {
    const { mapping } = this;
    if (mapping.only && !this.codes(mapping.only, item)) return undefined;
    this.cited.clear();
    this.witness = false;
    const about = this.about(item);
    const when = this.when(item);
    const superior = this.answer(mapping.superior, item);
    const age = this.answer(mapping.age, item)?.recorded.read;
    const act = mapping.act !== undefined && this.codes(mapping.act, item);
    if (this.cited.size === 0) return undefined;
    const { period, from, to } = mapping;
    return {
      id: [this.account.interviewId, mapping.id, ...item].join('/'),
      interviewId: this.account.interviewId,
      kind: mapping.kind,
      basis: mapping.basis ?? 'statement',
      dated: (period ?? from ?? to) !== undefined,
      ...(when && { when: openEnds(when) }),
      ...about,
      ...(superior && { superior: superior.cited.said, superiorAnswer: superior.cited }),
      ...(typeof age === 'number' && { age }),
      act,
      witness: this.witness,
      answers: [...this.cited.values()],
      knowledge: this.knowledge,
    };
  }

  private about(item: readonly number[]): Pick<EntryTold, 'place' | 'unit' | 'rank' | 'event' | 'organisations'> {
    const only = (named: Named | undefined): Mention | undefined => {
      const all = this.mentions(named, item);
      return all.length === 1 ? all[0] : undefined;
    };
    const found = { place: only(this.mapping.place), unit: only(this.mapping.unit), rank: only(this.mapping.rank) };
    const event = only(this.mapping.event);
    const known = Object.fromEntries(Object.entries({ ...found, event }).filter(([, mention]) => mention));
    return { ...known, organisations: this.mentions(this.mapping.organisation, item) };
  }

  private when(item: readonly number[]): UncertainDate | undefined {
    const { period, from, to, during } = this.mapping;
    if (during !== undefined) {
      const read = readDate(during);
      return read.ok ? read.date : undefined;
    }
    if (period !== undefined) return this.date(period, item);
    return fromAndTo(this.date(from, item), this.date(to, item));
  }

  private date(id: string | undefined, item: readonly number[]): UncertainDate | undefined {
    return this.answer(id, item)?.recorded.read as UncertainDate | undefined;
  }

  /** What an answer names: one entry or its words, or one of what its codes stand for (undefined: nothing the data has). */
  private mentions(named: Named | undefined, item: readonly number[]): (Mention | undefined)[] {
    if (named === undefined) return [];
    if (typeof named === 'string') {
      const found = this.answer(named, item);
      const { read } = found?.recorded ?? {};
      return found ? [{ said: found.cited.said, ...(typeof read === 'string' && { ref: read }) }] : [];
    }
    const node = this.part.question(named.question);
    const chosen = node && answered(this.account, node, item);
    const codes = [chosen?.recorded.read ?? []]
      .flat()
      .map(String)
      .filter((code) => code in named.codes);
    if (chosen && codes.length > 0) this.keep(chosen);
    return codes.map((code) => {
      const ref = named.codes[code];
      return typeof ref === 'string' ? { ref: this.part.reference(ref), said: chosen!.cited.said } : undefined;
    });
  }

  /** Whether one of the codes was answered; it is cited when it was. */
  private codes({ question, codes }: Codes, item: readonly number[]): boolean {
    const node = this.part.question(question);
    const found = node && answered(this.account, node, item);
    const hit = [found?.recorded.read ?? []].flat().some((code) => codes.includes(String(code)));
    if (hit) this.keep(found!);
    return hit;
  }

  private answer(id: string | undefined, item: readonly number[]): Answered | undefined {
    const node = id === undefined ? undefined : this.part.question(id);
    const found = node && answered(this.account, node, item);
    if (found) this.keep(found);
    return found;
  }

  private keep({ node, cited }: Answered): void {
    this.cited.set(node.id, cited);
    this.witness ||= node.definition.purpose === 'witness';
  }
}

function factsOf(account: Account, knowledge: Knowledge, part: MappedPart): StatedFact[] {
  return part.facts.flatMap(({ fact, question, basis = 'statement', exclusive = [] }): StatedFact[] => {
    const node = part.question(question);
    if (!node) return [];
    return itemsOf(account.session.plan, account.session.root, node.chain).flatMap((item) => {
      const found = answered(account, node, item);
      const { read } = found?.recorded ?? {};
      if (!found || read === undefined) return [];
      const witness = node.definition.purpose === 'witness';
      const { interviewId } = account;
      const value = read as StatedFact['value'];
      const asked = fillPipes(inLanguage(node.definition.text, 'en'), () => undefined);
      const { type } = node;
      return [{ fact, interviewId, basis, witness, value, type, exclusive, asked, answer: found.cited, knowledge }];
    });
  });
}

/** Every question of an entry but the one that decides whether there is an entry. */
function questionsIn(mapping: EntryMapping): string[] {
  const { period, from, to, place, unit, organisation, rank, event, superior, age, act } = mapping;
  return [period, from, to, place, unit, organisation, rank, event, superior, age, act].flatMap((named) => {
    if (named === undefined) return [];
    return typeof named === 'string' ? [named] : [named.question];
  });
}

/** The paths of all items that exist along a chain of repeats; one empty path where nothing repeats. */
function itemsOf(plan: Plan, root: Scope, chain: readonly number[]): number[][] {
  let found: { path: number[]; scope: Scope }[] = [{ path: [], scope: root }];
  for (const index of chain) {
    const { itemsAt } = plan.nodes[index] as RepeatNode;
    found = found.flatMap(({ path, scope }) =>
      scope.items[itemsAt]!.flatMap((inner, at) => (inner ? [{ path: [...path, at], scope: inner }] : [])),
    );
  }
  return found.map(({ path }) => path);
}
