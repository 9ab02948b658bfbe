/** What stands where FHIR R4 says it: keys that are read, by what they hold. Keys that are not read may hold anything. */
const WORDS = ['linkId', 'type', 'text', 'title', 'name', 'version', 'url', 'question', 'operator', 'code', 'display'];
const OBJECTS = ['_title', '_text', '_display', 'valueCoding', 'answerCoding'];
const LISTS = ['item', 'extension', 'enableWhen', 'answerOption'];
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  item: ['linkId', 'type'],
  extension: ['url'],
  enableWhen: ['question', 'operator'],
};
const DEEPEST = 100;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What keeps a document from being read as FHIR R4, by its JSON Pointer; undefined when nothing does. */
export function wrongShape(document: Json): string | undefined {
  if (isDeeper(document, DEEPEST))
    return `it is nested deeper than ${DEEPEST} levels; make sections of its inner groups`;
  const waiting: { value: Json; pointer: string; needed: readonly string[] }[] = [
    { value: document, pointer: '', needed: [] },
  ];
  for (const { value, pointer, needed } of waiting) {
    const missing = needed.find((key) => value[key] === undefined);
    if (missing) return `${pointer} has no "${missing}"`;
    for (const key of WORDS)
      if (value[key] !== undefined && typeof value[key] !== 'string') return `${pointer}/${key} must be a text`;
    for (const key of OBJECTS) {
      const inner = value[key];
      if (inner === undefined) continue;
      if (!isObject(inner)) return `${pointer}/${key} must be an object`;
      waiting.push({ value: inner, pointer: `${pointer}/${key}`, needed: [] });
    }
    for (const key of LISTS) {
      const inner = value[key];
      if (inner === undefined) continue;
      if (!Array.isArray(inner) || !inner.every(isObject)) return `${pointer}/${key} must be a list of objects`;
      waiting.push(
        ...inner.map((one, at) => ({ value: one, pointer: `${pointer}/${key}/${at}`, needed: NEEDED[key] ?? [] })),
      );
    }
  }
  return undefined;
}

/** Level by level: whatever calls itself for each level runs out of stack on what this is to find. */
function isDeeper(document: unknown, most: number): boolean {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
