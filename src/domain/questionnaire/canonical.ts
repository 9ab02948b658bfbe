/** A frozen copy of parsed JSON; one pass is cheaper than copying and then freezing. */
export function frozenCopy<T>(json: T): T {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return Object.freeze(json.map(frozenCopy)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) if (value !== undefined) copy[key] = frozenCopy(value as unknown);
  return Object.freeze(copy) as T;
}

/** Parsed JSON in its canonical form (RFC 8785): keys sorted, numbers and strings as JavaScript writes them. */
export function canonicalJson(json: unknown): string {
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map(canonicalJson).join(',')}]`;
  const entries = json as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(entries).sort())
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(entries[key])}`;
  return `{${text}}`;
}
