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

const wordsOf = (translation: unknown): string | undefined => {
  const text = (translation as { text?: unknown } | undefined)?.text ?? translation;
  return typeof text === 'string' ? text : undefined;
};
