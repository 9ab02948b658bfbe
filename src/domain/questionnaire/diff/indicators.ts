import type { Text } from '../format.js';
import type { PlanIndicator } from '../plan.js';
import { raisedIndicators } from '../raised.js';
import { type Session } from '../session.js';
import { placeOf, type Change, type Outcome } from './change.js';
import { conditionsInWords } from './condition-words.js';
import { examplesOf, type Side } from './examples.js';
import { meaningOf } from './meaning.js';
import { examplesInWords } from './nodes.js';
import { changedProperties, propertyInWords } from './properties.js';
import { rewordings, wordingsInWords, type Texts } from './wordings.js';

/** Indicators added, removed, reworded, or raised by other answers. None of it touches answers that were given. */
export function indicatorChanges(sides: readonly [Side, Side]): Change[] {
  const [was, is] = sides.map(({ plan }) => new Map(plan.indicators.map((one) => [one.id, one])));
  const removed = [...was!.values()].filter(({ id }) => !is!.has(id)).map((one) => alone('removed', one, 'is gone'));
  return [
    ...removed,
    ...[...is!.values()].flatMap((after) => {
      const before = was!.get(after.id);
      return before ? changed(sides, before, after) : [alone('added', after, 'is new')];
    }),
  ];
}

function alone(kind: 'added' | 'removed', indicator: PlanIndicator, words: string): Change {
  const { severity, ground } = indicator.definition;
  return {
    kind,
    subject: 'indicator',
    id: indicator.id,
    breaking: false,
    sentence: `Indicator "${indicator.id}" ${words} (${severity}, ${ground}).`,
    [kind === 'added' ? 'after' : 'before']: placeOf(indicator),
  };
}

function changed(sides: readonly [Side, Side], before: PlanIndicator, after: PlanIndicator): Change[] {
  const about = {
    subject: 'indicator' as const,
    id: after.id,
    breaking: false,
    before: placeOf(before),
    after: placeOf(after),
  };
  const wordings = rewordings(textsOf(before), textsOf(after));
  const properties = changedProperties({ ...before.definition }, { ...after.definition }, ELSEWHERE);
  return [
    ...(wordings.length > 0
      ? [
          {
            kind: 'reworded' as const,
            ...about,
            sentence: `Indicator "${after.id}" reads differently: ${wordingsInWords(wordings)}.`,
            wordings,
          },
        ]
      : []),
    ...conditionChange(sides, before, after, about),
    ...properties.map((property) => ({
      kind: 'propertyChanged' as const,
      ...about,
      sentence: `Indicator "${after.id}": ${propertyInWords(property)}.`,
      property,
    })),
  ];
}

const ELSEWHERE = ['id', 'when', 'ifUnclear', 'reason', 'innocent'];
const textsOf = ({ definition }: PlanIndicator): Texts => ({
  reason: definition.reason,
  ...Object.fromEntries(definition.innocent.map((text, index): [string, Text] => [`innocent/${index}`, text])),
});

function conditionChange(
  sides: readonly [Side, Side],
  before: PlanIndicator,
  after: PlanIndicator,
  about: Omit<Change, 'kind' | 'sentence'>,
): Change[] {
  const [earlier, later] = sides.map(({ plan }) => plan);
  const says = (plan: typeof earlier, { condition, definition }: PlanIndicator) =>
    JSON.stringify([meaningOf(plan!, condition), definition.ifUnclear]);
  if (says(earlier, before) === says(later, after)) return [];
  const outcome = (session: Session): Outcome =>
    raisedIndicators(session).some(({ id }) => id === after.id) ? 'raised' : 'silent';
  const examples = examplesOf(sides, after.id, [[before.condition], [after.condition]], (one, other) => ({
    before: outcome(one),
    after: outcome(other),
  }));
  const stated = (plan: typeof earlier, { condition, definition }: PlanIndicator) => ({
    plan: plan!,
    condition,
    unclear: definition.ifUnclear === 'raise' ? ', or what was said leaves that unclear' : '',
  });
  return [
    {
      kind: 'conditionChanged',
      ...about,
      sentence: `Indicator "${after.id}" is raised under another condition. ${conditionsInWords(stated(earlier, before), stated(later, after))} ${examplesInWords(examples)}`,
      examples,
    },
  ];
}
