import type { SourceFile } from '../plan.js';
import { at } from '../problems.js';
import { parsePipes } from '../texts.js';
import { languagesOf, partsIn, wordsOf, type Part, type Words } from './files.js';
import type { Finding } from './finding.js';
import { finding, listed } from './report.js';

/** Missing, draft and undeclared translations of one file, and translations that lost a placeholder. */
export function translationFindings(source: SourceFile): Finding[] {
  const declared = languagesOf(source);
  const drafts = new Map<string, Part[]>();
  const forOfficers = new Map<string, Part[]>();
  const undeclared = new Map<string, Part>();
  const found: Finding[] = [];
  for (const [part, words] of textsIn(source)) {
    const missing = declared.filter((language) => !words.has(language));
    if (missing.length > 0 && part.readOut)
      found.push(
        finding(
          'missingTranslation',
          part,
          `this question is not written in ${listed(missing)}, which the file declares`,
          `Add ${listed(missing.map((language) => `"${language}": { "text": "...", "status": "draft" }`))}.`,
        ),
      );
    else for (const language of missing) add(forOfficers, language, part);
    for (const [language, { draft }] of words) {
      if (draft) add(drafts, language, part);
      if (!declared.includes(language) && !undeclared.has(language)) undeclared.set(language, part);
    }
    found.push(...lostPlaceholders(part, words));
  }
  for (const [language, parts] of drafts)
    found.push(
      finding(
        'draftTranslation',
        at(parts[0]!, language),
        `${parts.length} text(s) in ${language} are drafts; this is the first`,
      ),
    );
  for (const [language, parts] of forOfficers)
    found.push(
      finding(
        'untranslatedForOfficers',
        parts[0]!,
        `${parts.length} text(s) for officers are not written in ${language}; this is the first`,
      ),
    );
  if (declared.length > 0)
    for (const [language, part] of undeclared)
      found.push(
        finding(
          'undeclaredLanguage',
          at(part, language),
          `the file does not declare ${language}`,
          `Add "${language}" to "languages", or take the text out.`,
        ),
      );
  return found;
}

function add(map: Map<string, Part[]>, language: string, part: Part): void {
  const known = map.get(language);
  if (known) known.push(part);
  else map.set(language, [part]);
}

const textsIn = (source: SourceFile): [Part, Words][] =>
  partsIn(source).flatMap((part) => {
    const words = wordsOf(part.value);
    return words ? [[part, words] as [Part, Words]] : [];
  });

function lostPlaceholders(part: Part, words: Words): Finding[] {
  const wanted = pipesIn(words.get('en')!.words);
  return [...words].flatMap(([language, { words: translated }]) => {
    const has = pipesIn(translated);
    const lost = wanted.filter((pipe) => !has.includes(pipe));
    const added = has.filter((pipe) => !wanted.includes(pipe));
    if (lost.length + added.length === 0) return [];
    const says = [
      ...(lost.length > 0 ? [`lost ${listed(lost)}`] : []),
      ...(added.length > 0 ? [`pipes ${listed(added)}, which the English text does not`] : []),
    ];
    return [
      finding(
        'lostPlaceholder',
        at(part, language),
        `the text in ${language} ${listed(says)}`,
        lost.length > 0
          ? `Put ${listed(lost.map((pipe) => `{${pipe}|...}`))} where it belongs.`
          : 'Pipe what the English text pipes.',
      ),
    ];
  });
}

const pipesIn = (words: string): string[] => [
  ...new Set(parsePipes(words).parts.flatMap((part) => (typeof part === 'string' ? [] : [part.question]))),
];

/** Translations that stayed as they were while the English words changed since the version before. */
export function staleTranslations(source: SourceFile, before: SourceFile): Finding[] {
  const earlier = new Map(textsIn(before).map(([part, words]) => [part.path, words]));
  return textsIn(source).flatMap(([part, words]) => {
    const old = earlier.get(part.path);
    if (!old || old.get('en')!.words === words.get('en')!.words) return [];
    return [...words]
      .filter(([language, { words: now, draft }]) => language !== 'en' && !draft && old.get(language)?.words === now)
      .map(([language]) =>
        finding(
          'staleTranslation',
          at(part, language),
          `the English words changed since ${before.file}, these in ${language} did not`,
        ),
      );
  });
}
