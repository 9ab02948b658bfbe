import { render } from '../explain.js';
import type { Compiled, Plan } from '../plan.js';
import { meaningOf } from './meaning.js';

/** A condition of one version; undefined where there is none. */
export interface Stated {
  plan: Plan;
  condition: Compiled | undefined;
  /** What an unclear result does, where that is worth saying. */
  unclear: string;
}

/** What differs between two conditions, in words: the parts that came and went where the rest is the same, else both whole. */
export function conditionsInWords(before: Stated, after: Stated): string {
  const parts = partsThatDiffer(before, after);
  if (parts && before.unclear === after.unclear) return parts;
  return `It was: ${whole(before)}. It is: ${whole(after)}.`;
}

const whole = ({ plan, condition, unclear }: Stated): string =>
  condition ? `${render(plan, condition)}${unclear}` : 'always';

const opened = (condition: Compiled): Compiled => (condition.kind === 'named' ? opened(condition.part) : condition);

function partsThatDiffer(before: Stated, after: Stated): string | undefined {
  const [was, is] = [before.condition && opened(before.condition), after.condition && opened(after.condition)];
  if (!was || !is || was.kind !== is.kind || !('parts' in was) || !('parts' in is)) return undefined;
  const [earlier, later] = [named(before.plan, was.parts), named(after.plan, is.parts)];
  const gone = [...earlier].filter(([key]) => !later.has(key)).map(([, part]) => render(before.plan, part));
  const come = [...later].filter(([key]) => !earlier.has(key)).map(([, part]) => render(after.plan, part));
  if (gone.length === earlier.size && come.length === later.size) return undefined;
  const [noLonger, now] = WORDS[was.kind];
  return [
    ...(gone.length > 0 ? [`${noLonger}: ${gone.join('; ')}.`] : []),
    ...(come.length > 0 ? [`${now}: ${come.join('; ')}.`] : []),
  ].join(' ');
}

const WORDS: Readonly<Record<'all' | 'any' | 'none', readonly [string, string]>> = {
  all: ['No longer needed', 'Now needed'],
  any: ['No longer enough', 'Now enough'],
  none: ['No longer against it', 'Now against it'],
};

const named = (plan: Plan, parts: readonly Compiled[]): Map<string, Compiled> =>
  new Map(parts.map((part) => [JSON.stringify(meaningOf(plan, part)), part]));
