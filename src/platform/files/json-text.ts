/** Parses JSON that a person wrote. Throws a sentence with line and column; a key that stands twice is a mistake, not the last one. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    const { message } = error as Error;
    const at = /at position (\d+)/.exec(message)?.[1];
    throw new SyntaxError(`${placeIn(text, at === undefined ? text.length : Number(at))}: ${message}`);
  }
  const twice = repeatedKey(text);
  if (twice)
    throw new SyntaxError(`${placeIn(text, twice.at)}: the key ${twice.key} stands twice in one object; keep one`);
  return value;
}

function placeIn(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The first key that an object has twice, in text that is JSON. */
function repeatedKey(text: string): { key: string; at: number } | undefined {
  const open: (Set<string> | undefined)[] = []; // the keys of each object around; nothing for a list
  let mayBeKey = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const keys = open.at(-1);
    if (mayBeKey && keys && token.startsWith('"')) {
      // Only an escape lets one key be written in two ways.
      const key = token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token;
      if (keys.has(key)) return { key, at: index };
      keys.add(key);
    }
    if (token === '{') open.push(new Set());
    if (token === '[') open.push(undefined);
    if (token === '}' || token === ']') open.pop();
    mayBeKey = token === '{' || token === ',';
  }
  return undefined;
}
