/** The middle of several figures; undefined when one of them is missing. */
export function median(figures: readonly (number | undefined)[]): number | undefined {
  const sorted = figures.filter((figure) => figure !== undefined).sort((a, b) => a - b);
  if (sorted.length < figures.length || sorted.length === 0) return undefined;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const lowest = (figures: readonly number[]): number => Math.min(...figures);
export const highest = (figures: readonly number[]): number => Math.max(...figures);

/** Figures with as many digits as they deserve; what is unknown is left out. */
export function rounded(result: Record<string, number | string | undefined>): Record<string, number | string> {
  const known = Object.entries(result).filter((entry): entry is [string, number | string] => entry[1] !== undefined);
  return Object.fromEntries(
    known.map(([name, value]) => [name, typeof value === 'number' ? Number(value.toPrecision(4)) : value]),
  );
}
