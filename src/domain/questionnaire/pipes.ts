import { codeInWords } from './explain.js';
import type { Frames } from './plan.js';
import type { Session } from './session.js';
import { valueInWords } from './value-words.js';

/** The answer a pipe stands for, in words, perhaps with `only` some of its codes; nothing when it was not given or is closed. */
export function pipedValue(
  { plan, context }: Session,
  index: number | undefined,
  frames: Frames,
  only?: ReadonlySet<string>,
): string | undefined {
  const node = plan.nodes[index ?? -1];
  if (node?.kind !== 'question') return undefined;
  const scope = frames[node.chain.length];
  const given = scope?.open[node.slot] === 1 ? scope.answers[node.slot] : undefined;
  if (!given) return undefined;
  const recorded =
    only && Array.isArray(given.value)
      ? { ...given, value: (given.value as string[]).filter((code) => only.has(code)) }
      : given;
  return valueInWords(plan, node, recorded, (code) => codeInWords(node, code, context.language), context.language);
}
