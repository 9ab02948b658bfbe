import type { DeadlineKind, Role, Tag } from './vocabulary/vocabulary.js';

/** A named guard, or a composition of guards; nesting is allowed. */
export type GuardExpression =
  | string
  | { readonly all: readonly GuardExpression[] }
  | { readonly any: readonly GuardExpression[] }
  | { readonly none: readonly GuardExpression[] };

export interface ChartEffect {
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface ChartTransition {
  /** A state without sub-states in the same region; absent: the state stays as it is. */
  readonly target?: string;
  readonly guard?: GuardExpression;
  readonly effects?: readonly ChartEffect[];
}

export interface ChartMeta {
  readonly label: string;
  /** What the state waits for, and the deadlines that run meanwhile. */
  readonly waiting?: { readonly for: string; readonly deadlines: readonly DeadlineKind[] };
  /** The purpose of the questionnaire an interview in this state uses. */
  readonly drives?: 'screening' | 'exclusion' | 'witness';
}

export interface ChartState {
  readonly meta: ChartMeta;
  readonly tags?: readonly Tag[];
  readonly type?: 'final';
  readonly initial?: string;
  readonly states?: Readonly<Record<string, ChartState>>;
  readonly on?: Readonly<Record<string, ChartTransition | readonly ChartTransition[]>>;
}

export interface ChartCommand {
  readonly label: string;
  readonly by: readonly Role[];
  /** The region that owns the command; other regions may only react to it. */
  readonly region?: string;
}

/** One version of one lifecycle, exactly as it stands in `workflows/<id>/v<version>.json`. */
export interface Chart {
  readonly format: 1;
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly type?: 'parallel';
  /** In a parallel chart, the region whose state is the one word shown in lists. */
  readonly stageRegion?: string;
  readonly initial?: string;
  readonly commands: Readonly<Record<string, ChartCommand>>;
  readonly states: Readonly<Record<string, ChartState>>;
  /** By older version, region and state of that version: where in this chart an aggregate goes on that moves from there. */
  readonly moves?: Readonly<Record<string, ChartMoves>>;
}

export type ChartMoves = Readonly<
  Record<string, Readonly<Record<string, ChartTransition | readonly ChartTransition[]>>>
>;

/** Why a chart is refused: where in which file, and the shortest way (a list of commands) that shows it. */
export interface Problem {
  readonly file: string;
  readonly pointer: string;
  readonly message: string;
  readonly path?: readonly string[];
}

/** Builds a JSON Pointer (RFC 6901) from its parts. */
export function pointerTo(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
