/** A frozen copy of parsed JSON; one pass is cheaper than copying and then freezing. */
export function frozenCopy<T>(json: T): T {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return Object.freeze(json.map(frozenCopy)) as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(json)) {
    const value = (json as Readonly<Record<string, unknown>>)[key];
    if (value !== undefined) copy[key] = frozenCopy(value);
  }
  return Object.freeze(copy) as T;
}

/** Parsed JSON in its canonical form (RFC 8785): keys sorted, numbers and strings as JavaScript writes them. */
export function canonicalJson(json: unknown): string {
  const parts: string[] = [];
  const names = new Map<string, string>();
  // Names of keys come again and again; each is quoted once.
  const named = (key: string): string => {
    let name = names.get(key);
    if (name === undefined) names.set(key, (name = `${JSON.stringify(key)}:`));
    return name;
  };
  const write = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) parts.push(JSON.stringify(value));
    else if (Array.isArray(value)) {
      parts.push('[');
      for (let index = 0; index < value.length; index++) {
        if (index > 0) parts.push(',');
        write(value[index]);
      }
      parts.push(']');
    } else {
      parts.push('{');
      const keys = sorted(Object.keys(value));
      for (let index = 0; index < keys.length; index++) {
        if (index > 0) parts.push(',');
        parts.push(named(keys[index]!));
        write((value as Readonly<Record<string, unknown>>)[keys[index]!]);
      }
      parts.push('}');
    }
  };
  write(json);
  return parts.join('');
}

/** By UTF-16 code units, in place: the few keys of an object are sorted quicker this way than by the general sort. */
function sorted(keys: string[]): string[] {
  if (keys.length > 40) return keys.sort();
  for (let from = 1; from < keys.length; from++) {
    const key = keys[from]!;
    let to = from;
    for (; to > 0 && keys[to - 1]! > key; to--) keys[to] = keys[to - 1]!;
    keys[to] = key;
  }
  return keys;
}
