import {
  NUMBER_TYPES,
  PHASES,
  REFERENCE_TYPES,
  type Code,
  type Condition,
  type Item,
  type ModuleFile,
  type Question,
  type QuestionType,
  type QuestionnaireBody,
  type QuestionnaireFile,
  type Repeat,
  type Section,
  type VisibilityIfUnclear,
  type Vocabulary,
} from './format.js';
import type { Names } from './condition.js';
import { readPattern } from './pattern.js';
import type { IncludeNode, PlanNode, QuestionNode, RepeatNode, SectionNode } from './plan.js';
import { at, type Place, type Problems } from './problems.js';

/** A questionnaire or module of the plan, with its own name space. */
export interface Unit {
  file: string;
  content: QuestionnaireBody;
  names: Names;
  /** Modules: their name; every id in them begins with it. */
  module?: string;
  /** Modules: who includes them; any of these opens them. Empty: always open. */
  inclusions: WrittenGate[];
}

/** A gate as written, still to be compiled. */
export interface WrittenGate {
  condition: Condition;
  ifUnclear: VisibilityIfUnclear;
  place: Place;
  names: Names;
}

type Drafted<N extends PlanNode> = { -readonly [K in keyof N]: N[K] };

/** The nodes in the order asked, with the gates that are still to be compiled. */
export interface Layout {
  nodes: PlanNode[];
  byId: Record<string, number>;
  scopes: number[][];
  written: { node: Drafted<PlanNode>; gates: WrittenGate[]; place: Place; names: Names }[];
}

const DEFAULT_MAX_ITEMS = 100;

/** Keys that only some types have. */
const ONLY_ON: Partial<Record<keyof Question, readonly QuestionType[]>> = {
  list: ['choice', 'multiChoice'],
  vocabulary: REFERENCE_TYPES,
  min: [...NUMBER_TYPES, 'multiChoice'],
  max: [...NUMBER_TYPES, 'multiChoice'],
  integer: ['number'],
  pattern: ['text'],
  calculate: [...NUMBER_TYPES, 'date', 'boolean'],
};

/** Puts the sections of all units in the order asked and numbers everything in them. */
export function layOut(units: readonly Unit[], problems: Problems): Layout {
  const builder = new LayoutBuilder(problems);
  const sections = units.flatMap((unit) => unit.content.sections.map((section, index) => ({ unit, section, index })));
  sections.sort((a, b) => PHASES.indexOf(a.section.phase) - PHASES.indexOf(b.section.phase));
  const includes = new Map<Unit, number>();
  for (const { unit, section, index } of sections) {
    if (unit.inclusions.length > 0 && !includes.has(unit)) includes.set(unit, builder.include(unit));
    builder.section(unit, section, { file: unit.file, pointer: `/sections/${index}` }, includes.get(unit) ?? -1);
  }
  return builder.layout;
}

interface Around {
  unit: Unit;
  container: number;
  chain: readonly number[];
  scope: number;
}

class LayoutBuilder {
  readonly layout: Layout = {
    nodes: [],
    byId: Object.create(null) as Record<string, number>,
    scopes: [[]],
    written: [],
  };
  private readonly sectionIds = new Set<string>();
  private readonly itemLists: number[] = [0];

  constructor(private readonly problems: Problems) {}

  include(unit: Unit): number {
    const node: Drafted<IncludeNode> = {
      kind: 'include',
      ...this.place(unit.module ?? '', { file: unit.file, pointer: '' }, { unit, container: -1, chain: [], scope: 0 }),
    };
    return this.push(node, unit.inclusions, { file: unit.file, pointer: '' }, unit);
  }

  section(unit: Unit, definition: Section, place: Place, container: number): void {
    this.checkId(definition.id, unit, at(place, 'id'));
    const id = unit.names.qualify(definition.id);
    if (this.sectionIds.has(id))
      this.problems.add(at(place, 'id'), `there are two sections "${definition.id}"; give one another id`);
    this.sectionIds.add(id);
    const around: Around = { unit, container, chain: [], scope: 0 };
    const node: Drafted<SectionNode> = { kind: 'section', definition, ...this.place(id, place, around) };
    const index = this.push(node, gateOf(definition, place, unit), place, unit);
    this.items(definition.items, at(place, 'items'), { ...around, container: index });
  }

  private items(items: readonly Item[], place: Place, around: Around): void {
    for (const [index, item] of items.entries()) {
      if ('repeat' in item) this.repeat(item, at(place, index), around);
      else this.question(item, at(place, index), around, undefined);
    }
  }

  private repeat(definition: Repeat, place: Place, around: Around): void {
    const id = this.claim(definition.id, place, around.unit);
    const itemScope = this.layout.scopes.length;
    this.layout.scopes.push([]);
    this.itemLists.push(0);
    const max = definition.max ?? DEFAULT_MAX_ITEMS;
    if ((definition.min ?? 0) > max) this.problems.add(at(place, 'min'), `"min" is greater than "max" (${max})`);
    const itemsAt = this.itemLists[around.scope]!++;
    const node: Drafted<RepeatNode> = {
      kind: 'repeat',
      definition,
      itemScope,
      itemsAt,
      max,
      checks: [],
      ...this.place(id, place, around),
    };
    const index = this.push(node, gateOf(definition, place, around.unit), place, around.unit);
    this.items(definition.items, at(place, 'items'), {
      ...around,
      container: index,
      chain: [...around.chain, index],
      scope: itemScope,
    });
  }

  private question(written: Question, place: Place, around: Around, parent: QuestionNode | undefined): void {
    const { unit } = around;
    const id = this.claim(written.id, place, unit);
    const definition: Question = {
      ...(parent && { purpose: parent.definition.purpose!, basis: parent.definition.basis! }),
      ...written,
    };
    const node: Drafted<QuestionNode> = {
      kind: 'question',
      definition,
      type: written.type,
      codes: this.codes(written, place, unit),
      pipes: {},
      checks: [],
      ...this.pattern(written, place),
      ...(written.vocabulary && { vocabulary: qualified(written.vocabulary, unit.names) }),
      ...this.place(id, place, around),
    };
    this.checkShape(written, place);
    const gates = [...gateOf(written, place, unit), ...followUpGate(written, place, parent, unit, this.problems)];
    const index = this.push(node, gates, place, unit);
    for (const [position, followUp] of (written.followUps ?? []).entries())
      this.question(followUp, at(place, 'followUps', position), { ...around, container: index }, node);
  }

  private place(id: string, place: Place, { container, chain, scope }: Around) {
    const index = this.layout.nodes.length;
    const slot = this.layout.scopes[scope]!.push(index) - 1;
    return { id, ...place, index, container, chain, scope, slot, gates: [] };
  }

  private push(node: Drafted<PlanNode>, gates: WrittenGate[], place: Place, unit: Unit): number {
    this.layout.nodes.push(node);
    this.layout.written.push({ node, gates, place, names: unit.names });
    return node.index;
  }

  private claim(written: string, place: Place, unit: Unit): string {
    this.checkId(written, unit, at(place, 'id'));
    const id = unit.names.qualify(written);
    const other = this.layout.nodes[this.layout.byId[id] ?? -1];
    if (other)
      this.problems.add(
        at(place, 'id'),
        `"${written}" is used twice (also at ${other.file}#${other.pointer}); every question needs an id of its own`,
      );
    else this.layout.byId[id] = this.layout.nodes.length;
    return id;
  }

  private checkId(id: string, unit: Unit, place: Place): void {
    if (unit.module !== undefined && !id.startsWith(`${unit.module}.`))
      this.problems.add(place, `ids of this module begin with its name; write "${unit.module}.${id.split('.').pop()}"`);
    if (unit.module === undefined && id.includes('.'))
      this.problems.add(place, `"${id}" has a dot; only ids of modules have one`);
  }

  private codes(question: Question, place: Place, unit: Unit): readonly Code[] {
    if (question.list === undefined) return [];
    const { lists = {} } = unit.content;
    const codes = Object.hasOwn(lists, question.list) ? lists[question.list] : undefined;
    if (!codes)
      this.problems.add(
        at(place, 'list'),
        `this file has no list "${question.list}"; lists: ${Object.keys(lists).join(', ') || 'none'}`,
      );
    return codes ?? [];
  }

  private pattern({ pattern }: Question, place: Place): { pattern?: RegExp } {
    if (!pattern) return {};
    const read = readPattern(pattern);
    if ('pattern' in read) return { pattern: read.pattern };
    this.problems.add(at(place, 'pattern', 'matches'), read.wrong);
    return {};
  }

  private checkShape(question: Question, place: Place): void {
    for (const key of Object.keys(question) as (keyof Question)[]) {
      const types = ONLY_ON[key];
      if (types && !types.includes(question.type))
        this.problems.add(
          at(place, key),
          `"${key}" has no meaning on a ${question.type}; it belongs to ${types.join(', ')}`,
        );
    }
    if (question.calculate)
      for (const key of ['required', 'min', 'max', 'checks'] as const)
        if (question[key] !== undefined)
          this.problems.add(at(place, key), `"${key}" has no meaning on a calculated value: nobody answers it`);
    if (question.min !== undefined && question.max !== undefined && question.min > question.max)
      this.problems.add(at(place, 'min'), '"min" is greater than "max"');
  }
}

function qualified({ organisations, kinds, within }: Vocabulary, names: Names): Vocabulary {
  return {
    ...(kinds && { kinds }),
    ...(organisations && { organisations: organisations.map((id) => names.reference(id)) }),
    ...(within && { within: within.map((id) => names.reference(id)) }),
  };
}

function gateOf(definition: Section | Question | Repeat, place: Place, { names }: Unit): WrittenGate[] {
  const { when, ifUnclear } = definition;
  return when && ifUnclear ? [{ condition: when, ifUnclear, place: at(place, 'when'), names }] : [];
}

/** `on` is short for a condition on the parent. */
function followUpGate(
  { on }: Question,
  place: Place,
  parent: QuestionNode | undefined,
  { names }: Unit,
  problems: Problems,
): WrittenGate[] {
  if (on === undefined || !parent) return [];
  const many = Array.isArray(on);
  const multi = parent.type === 'multiChoice';
  if (['text', 'verbatim', 'date', 'person', 'document'].includes(parent.type)) {
    problems.add(at(place, 'on'), `"on" compares the parent's answer, and the parent is a ${parent.type}; use "when"`);
    return [];
  }
  const operator = multi ? (many ? 'containsAny' : 'contains') : many ? 'isOneOf' : 'is';
  const condition = { question: parent.definition.id, [operator]: on } as Condition;
  return [{ condition, ifUnclear: 'closed', place: at(place, 'on'), names }];
}

/** Code lists of a file: each code once, parents in the same list, no circles. */
export function checkLists(file: string, content: QuestionnaireFile | ModuleFile, problems: Problems): void {
  for (const [name, codes] of Object.entries(content.lists ?? {})) {
    const parents = new Map(codes.map(({ code, parent }) => [code, parent]));
    for (const [index, { code, parent }] of codes.entries()) {
      const place = at({ file, pointer: '/lists' }, name, index);
      if (codes.findIndex((other) => other.code === code) !== index)
        problems.add(at(place, 'code'), `the code "${code}" stands twice in "${name}"`);
      if (parent !== undefined && !parents.has(parent))
        problems.add(at(place, 'parent'), `"${name}" has no code "${parent}"`);
      const seen = new Set<string>();
      for (let up = parent; up !== undefined && !seen.has(up); up = parents.get(up)) seen.add(up);
      if (seen.has(code)) problems.add(at(place, 'parent'), `"${code}" is above itself; break the circle`);
    }
  }
}
