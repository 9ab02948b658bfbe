import type {
  Calculation,
  Check,
  Code,
  Indicator,
  Literal,
  Operator,
  Question,
  QuestionType,
  Repeat,
  Section,
  VisibilityIfUnclear,
  Vocabulary,
} from './format.js';
import type { ReferenceData } from './reference.js';
import type { Recorded, Scope } from './scope.js';
import type { Trit } from './trit.js';

/** A file as given to `compile`: its name relative to `questionnaires/`, and its parsed JSON. */
export interface SourceFile {
  file: string;
  content: unknown;
}

/**
 * A compiled questionnaire, frozen: shared by all interviews that are pinned to it. `hash` is the SHA-256 of the canonical JSON
 * (RFC 8785) of the files it came from, and those files compile to the same plan again.
 */
export interface Plan {
  readonly id: string;
  readonly version: number;
  readonly purpose: 'screening' | 'exclusion' | 'witness';
  readonly hash: string;
  /** The files the hash covers: questionnaires, modules, reference data. */
  readonly files: readonly SourceFile[];
  /** In the order asked, which is a topological order: a node depends only on nodes before it. */
  readonly nodes: readonly PlanNode[];
  /** Node indexes by id of question or repeat. */
  readonly byId: Readonly<Record<string, number>>;
  /** Node indexes by scope: 0 is the interview, then one per repeat, for what is asked once per item. */
  readonly scopes: readonly (readonly number[])[];
  readonly indicators: readonly PlanIndicator[];
  /** Per node: what to look at again when its answer or its openness changes. */
  readonly dependants: readonly (readonly Dependant[])[];
  readonly reference: ReferenceData;
}

/** A node (its index) or an indicator (number of nodes + its index). */
export interface Dependant {
  readonly target: number;
  /** Looks through all items of a repeat it stands in itself, so all its instances are affected. */
  readonly allItems: boolean;
}

interface NodeBase {
  readonly index: number;
  readonly id: string;
  readonly file: string;
  /** JSON Pointer to its definition. */
  readonly pointer: string;
  /** The node it is closed with: section of a question, parent of a follow-up, repeat of its items. -1: none. */
  readonly container: number;
  /** The repeats it stands in, outermost first. */
  readonly chain: readonly number[];
  /** Which scope keeps its state, and where in it. */
  readonly scope: number;
  readonly slot: number;
  /** Open when one of these says so; without any, always. */
  readonly gates: readonly CompiledGate[];
}

/** Included module: carries the conditions of its inclusion. */
export interface IncludeNode extends NodeBase {
  readonly kind: 'include';
}
export interface SectionNode extends NodeBase {
  readonly kind: 'section';
  readonly definition: Section;
}
export interface RepeatNode extends NodeBase {
  readonly kind: 'repeat';
  readonly definition: Repeat;
  /** The scope of one item, and where the items stand in this node's own scope. */
  readonly itemScope: number;
  readonly itemsAt: number;
  readonly max: number;
  /** What must hold in each item. */
  readonly checks: readonly PlanCheck[];
}
export interface QuestionNode extends NodeBase {
  readonly kind: 'question';
  /** With purpose and basis of its parent filled in. */
  readonly definition: Question;
  readonly type: QuestionType;
  readonly codes: readonly Code[];
  /** With reference ids as the plan keeps them. */
  readonly vocabulary?: Vocabulary;
  /** Names in its pipes, as written -> node index. */
  readonly pipes: Readonly<Record<string, number>>;
  /** What must hold of its answer. */
  readonly checks: readonly PlanCheck[];
  /** Whole texts as they must be written. */
  readonly pattern?: RegExp;
  /** Its value is worked out; it is never asked. */
  readonly calculation?: CompiledCalculation;
}
export type PlanNode = IncludeNode | SectionNode | RepeatNode | QuestionNode;

export interface PlanCheck {
  readonly definition: Check;
  readonly condition: Compiled;
  /** Names in the pipes of its message, as written -> node index. */
  readonly pipes: Readonly<Record<string, number>>;
}

/** A calculation ready to be worked out, with its shape kept. */
export interface CompiledCalculation {
  readonly definition: Calculation;
  readonly type: 'integer' | 'decimal' | 'date' | 'boolean';
  /** The questions and repeats it looks at. */
  readonly reads: readonly number[];
  /** Nothing while something it needs was not said. */
  readonly work: (frames: Frames) => Recorded | undefined;
}

export interface PlanIndicator {
  readonly index: number;
  readonly id: string;
  readonly file: string;
  readonly pointer: string;
  readonly definition: Indicator;
  readonly condition: Compiled;
  readonly pipes: Readonly<Record<string, number>>;
  readonly next: readonly string[];
  /** Questions that say how old the applicant was at the act. */
  readonly ages: readonly number[];
  /** Indicators that do not stand beside this one. */
  readonly replaces: readonly number[];
}

export interface CompiledGate {
  readonly condition: Compiled;
  readonly ifUnclear: VisibilityIfUnclear;
}

/** The state of the interview and of the items one stands in, outermost first. */
export type Frames = readonly Scope[];

interface Testable {
  readonly test: (frames: Frames) => Trit;
}
export interface CompiledGroup extends Testable {
  readonly kind: 'all' | 'any' | 'none';
  readonly parts: readonly Compiled[];
}
export interface CompiledNamed extends Testable {
  readonly kind: 'named';
  readonly part: Compiled;
}
export interface CompiledQuantifier extends Testable {
  readonly kind: 'some' | 'every' | 'atLeast' | 'atMost';
  readonly repeat: number;
  readonly where?: Compiled;
  readonly bound: number;
}
export interface CompiledLeaf extends Testable {
  readonly kind: 'leaf';
  readonly question: number;
  readonly operator: Operator;
  /** An empty list when the right side is another question. */
  readonly literal: Literal | readonly Literal[];
  /** The question on the right side. */
  readonly other?: number;
}
/** A condition ready to evaluate, with its shape kept so that it can be explained. */
export type Compiled = CompiledGroup | CompiledNamed | CompiledQuantifier | CompiledLeaf;

/** Freezes a value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) deepFreeze(value[key]);
  return value;
}
