import { codeInWords } from './explain.js';
import type { Frames } from './plan.js';
import type { Session } from './session.js';
import { valueInWords } from './value-words.js';

/** The answer a pipe stands for, in words; nothing when it was not given or its question is closed. */
export function pipedValue({ plan, context }: Session, index: number | undefined, frames: Frames): string | undefined {
  const node = plan.nodes[index ?? -1];
  if (node?.kind !== 'question') return undefined;
  const scope = frames[node.chain.length];
  const recorded = scope?.open[node.slot] === 1 ? scope.answers[node.slot] : undefined;
  return (
    recorded &&
    valueInWords(plan, node, recorded, (code) => codeInWords(node, code, context.language), context.language)
  );
}
