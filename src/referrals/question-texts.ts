/** English wording by question id, wherever questions lie in a questionnaire's body (sections, repeats, follow-ups, modules). */
export function englishTexts(body: unknown): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node === null || typeof node !== 'object') return;
    const { id, text } = node as { id?: unknown; text?: { en?: unknown } };
    const words = wordsOf(text?.en);
    if (typeof id === 'string' && words !== undefined) found[id] = words;
    Object.values(node).forEach(visit);
  };
  visit(body);
  return found;
}

/**
 * The same by the ids that answers have: in an interview of several questionnaires those of the second and further ones begin
 * with their code and a colon; questions of modules (their ids have a dot) are asked once, under their own.
 */
export function asAsked(
  texts: Readonly<Record<string, string>>,
  code: string,
  position: number,
): Readonly<Record<string, string>> {
  if (position === 0) return texts;
  return Object.fromEntries(Object.entries(texts).map(([id, text]) => [id.includes('.') ? id : `${code}:${id}`, text]));
}

const wordsOf = (translation: unknown): string | undefined => {
  const text = (translation as { text?: unknown } | undefined)?.text ?? translation;
  return typeof text === 'string' ? text : undefined;
};
