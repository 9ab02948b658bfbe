import { AGE_OF_RESPONSIBILITY, countedFrom, heldBack, restsOnChild } from './age-at-act.js';
import { decidingClauses, type DecidingClause } from './explain.js';
import { firedBy, type Fired } from './fired.js';
import type { Ground } from './format.js';
import { phrasesIn } from './phrases.js';
import { pipedValue } from './pipes.js';
import type { Frames, PlanIndicator, RepeatNode } from './plan.js';
import { raisedIndicators } from './raised.js';
import type { Session } from './session.js';
import { fillPipes, inLanguage } from './texts.js';

export interface IndicatorView {
  id: string;
  certainty: 'yes' | 'unclear';
  severity: 'low' | 'medium' | 'high';
  ground: Ground;
  reason: string;
  because: DecidingClause[];
  innocent: string[];
  /** Ids of the questions to ask next. */
  next: readonly string[];
}
/** What was told of a time below the age of criminal responsibility: no indicator, perhaps the account of a victim. */
export interface NoteView {
  kind: 'mayBeVictim';
  sentence: string;
  /** What was told. */
  because: DecidingClause[];
}

/** The indicators that stand, each with its reason and what would explain it innocently. */
export function indicatorViews(session: Session): IndicatorView[] {
  const { indicators } = session.plan;
  return raisedIndicators(session).map(({ id, certainty }) =>
    indicatorView(
      session,
      indicators.find((one) => one.id === id)!,
      certainty,
    ),
  );
}

/** One note about everything that was told of an age at which nobody is responsible. */
export function notesOf({ plan, context, root }: Session): NoteView[] {
  const { language, responsibleFrom = AGE_OF_RESPONSIBILITY, ageNow } = context;
  const held = plan.indicators.filter((one) => heldBack(plan, one, root, responsibleFrom, ageNow));
  if (held.length === 0) return [];
  const clauses = held.flatMap(({ condition }) => decidingClauses(plan, condition, [root], language));
  const because = [...new Map(clauses.map((clause) => [clause.sentence, clause])).values()];
  return [{ kind: 'mayBeVictim', sentence: phrasesIn(language).mayBeVictim(responsibleFrom), because }];
}

function indicatorView(session: Session, indicator: PlanIndicator, certainty: 'yes' | 'unclear'): IndicatorView {
  const { plan, context } = session;
  const { language, responsibleFrom = AGE_OF_RESPONSIBILITY } = context;
  const { severity, ground, reason, innocent } = indicator.definition;
  const root = countedFrom(plan, indicator, session.root, responsibleFrom)!;
  const fired = firedBy(plan, indicator.condition, [root]);
  const young = restsOnChild(plan, indicator, session.root, context.ageNow);
  return {
    id: indicator.id,
    certainty,
    severity,
    ground,
    reason: fillPipes(inLanguage(reason, language), (name) =>
      valuesAcrossItems({ ...session, root }, indicator.pipes[name], fired),
    ),
    because: decidingClauses(plan, indicator.condition, [root], language),
    innocent: [
      ...(young ? [phrasesIn(language).childThen] : []),
      ...innocent.map((text) => inLanguage(text, language)),
    ],
    next: indicator.next,
  };
}

/** A question in a repeat is piped with the answers of all items for which the rule holds, and codes as far as they count. */
function valuesAcrossItems(session: Session, index: number | undefined, { codes, items }: Fired): string | undefined {
  const node = session.plan.nodes[index ?? -1];
  if (!node) return undefined;
  const all = node.chain.reduce<Frames[]>(
    (found, repeat) =>
      found.flatMap((frames) => {
        const { itemsAt } = session.plan.nodes[repeat] as RepeatNode;
        return frames.at(-1)!.items[itemsAt]!.flatMap((scope) => (scope ? [[...frames, scope]] : []));
      }),
    [[session.root]],
  );
  const holding = all.filter((frames) => items.has(frames.at(-1)!));
  const told = holding.length > 0 ? holding : all;
  const values = told.flatMap(
    (frames) => pipedValue(session, index, frames, codes.get(frames.at(-1)!)?.get(node.index)) ?? [],
  );
  return values.length > 0 ? [...new Set(values)].join('; ') : undefined;
}
