import { closest, distance } from 'fastest-levenshtein';

/** Something an author must change before a file can be used: where, and what to write instead. */
export interface Problem {
  file: string;
  /** JSON Pointer into the file. */
  pointer: string;
  message: string;
}

/** A place in a file. */
export interface Place {
  file: string;
  pointer: string;
}

/** The place that many steps below. */
export function at({ file, pointer }: Place, ...steps: (string | number)[]): Place {
  for (const step of steps) pointer += `/${typeof step === 'number' ? step : escaped(step)}`;
  return { file, pointer };
}

const escaped = (step: string): string => (/[~/]/.test(step) ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step);

/** Collects problems while a file is read, so that an author sees all of them at once. */
export class Problems {
  readonly list: Problem[] = [];

  add(place: Place, message: string): void {
    this.list.push({ ...place, message });
  }
}

/** Longer words are no slip of the pen, and comparing a megabyte with every name holds everybody up. */
const LONGEST_NAME = 200;

/** ` Did you mean "x"?` when one of the known names is close, else nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0 || name.length > LONGEST_NAME) return '';
  const best = closest(name, known);
  return distance(name, best) <= Math.max(2, name.length / 3) ? ` Did you mean "${best}"?` : '';
}

/** Every problem once: a named condition is read again at each of its uses. */
export function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
