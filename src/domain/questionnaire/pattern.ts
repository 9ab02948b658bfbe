import type { Pattern } from './format.js';

/** Longest text a pattern is tried on: together with the rules below it bounds how long that takes. */
export const MAX_PATTERN_TEXT = 200;
const MAX_PATTERN = 300;
const MAX_REPEATING = 4;
/** Ways to read one text; a million take some hundredths of a second. */
const MAX_WAYS = 2e6;

/** Reads a pattern for whole texts, or says what is wrong with it. Only patterns that cannot run away are read. */
export function readPattern({ matches }: Pattern): { pattern: RegExp } | { wrong: string } {
  if (matches.length > MAX_PATTERN) return { wrong: `a pattern has at most ${MAX_PATTERN} characters` };
  const unsafe = runsAway(matches);
  if (unsafe) return { wrong: unsafe };
  try {
    return { pattern: new RegExp(`^(?:${matches})$`, 'u') };
  } catch (error) {
    return { wrong: `this is no regular expression: ${(error as Error).message}` };
  }
}

/** Quantifiers in quantified groups take time that doubles with each letter; look-around and back-references hide them. */
function runsAway(source: string): string | undefined {
  const bare = source
    .replace(/\\[\s\S]/g, (escaped) => (/\\[1-9k]/.test(escaped) ? '\\1' : 'a'))
    .replace(/\[[^\]]*\]/g, 'a');
  if (bare.includes('\\1')) return 'a pattern has no back-references (\\1); write out what repeats';
  if (/\(\?(?!:)/.test(bare)) return 'a pattern has no look-around and no named groups; (?:...) is allowed';
  if ((bare.match(/[*+?}]/g) ?? []).length > 20) return 'a pattern has at most 20 quantifiers';
  const open = bare.replace(/\{(\d+)\}|\?/g, '').match(/[*+]|\{\d+,\d*\}/g) ?? [];
  if (open.length > MAX_REPEATING)
    return `a pattern has at most ${MAX_REPEATING} parts of no fixed length (*, +, {2,5}); write {4} where the length is known`;
  if (nested(bare)) return 'a quantifier stands inside a quantified group, as in (a+)+; write the group out';
  return ways(bare, open) > MAX_WAYS
    ? 'this pattern can read one text in too many ways; use fewer parts of no fixed length, fewer "?" and fewer "|" in groups'
    : undefined;
}

/** At most how many ways there are to read a text: what is repeated shares out its letters, the rest multiplies. */
function ways(bare: string, open: readonly string[]): number {
  const optional = bare.match(/(?<!\()\?/g)?.length ?? 0;
  const groups: number[] = [];
  let [count, depth] = [2 ** optional, 0];
  for (const letter of bare) {
    if (letter === '(') groups[++depth] = 1;
    else if (letter === '|' && depth > 0) groups[depth]!++;
    else if (letter === ')' && depth > 0) count *= groups[depth--]!;
  }
  const endless = open.filter((part) => !/\d\}/.test(part));
  for (const part of open) {
    const [least, most] = part.match(/\d+/g) ?? [];
    if (!endless.includes(part)) count *= Math.min(Number(most) - Number(least) + 1, MAX_PATTERN_TEXT);
  }
  for (let part = 1; part <= endless.length; part++) count *= MAX_PATTERN_TEXT / part;
  return count;
}

/** Whether a group that is repeated holds something that can match in more than one way. */
function nested(bare: string): boolean {
  const groups: boolean[] = [];
  for (let at = 0; at < bare.length; at++) {
    const rest = bare.slice(at);
    if (rest.startsWith('(?:')) at += 2;
    if (rest[0] === '(') groups.push(false);
    else if (rest[0] === ')') {
      const varies = groups.pop() ?? false;
      if (varies && /^\)([*+]|\{\d)/.test(rest)) return true;
      if (groups.length > 0) groups[groups.length - 1] ||= varies || /^\)[*+?{]/.test(rest);
    } else if (/^([*+?|]|\{\d+,)/.test(rest) && groups.length > 0) groups[groups.length - 1] = true;
  }
  return false;
}
