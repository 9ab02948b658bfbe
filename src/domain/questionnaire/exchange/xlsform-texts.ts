import type { Language, Text, Translation } from '../format.js';
import { NO_ANSWER, type SourcePart, type ToFill } from './import-report.js';
import type { FormRow } from './xlsform-sheets.js';

const LANGUAGE_NAMES: Readonly<Record<string, Language>> = {
  english: 'en', french: 'fr', français: 'fr', arabic: 'ar', spanish: 'es', español: 'es', portuguese: 'pt', swahili: 'sw',
  russian: 'ru', ukrainian: 'uk', german: 'de', dutch: 'nl', kinyarwanda: 'rw', tigrinya: 'ti', dari: 'prs', pashto: 'ps',
  kurdish: 'ku', burmese: 'my', tamil: 'ta', sinhala: 'si', farsi: 'fa', persian: 'fa', bosnian: 'bs', serbian: 'sr',
}; // prettier-ignore

/** The language tag a heading names: `English (en)`, `fr`, `French`; nothing when it names none. */
export function languageOf(heading: string): Language | undefined {
  const tag = /\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$/.exec(heading)?.[1] ?? heading.trim();
  const named = LANGUAGE_NAMES[heading.trim().toLowerCase()];
  if (named) return named;
  return /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)
    ? tag.replace(/^[A-Za-z]+/, (main) => main.toLowerCase())
    : undefined;
}

/** Reads the texts of a form in their languages. */
export class FormTexts {
  readonly languages = new Set<Language>(['en']);

  constructor(
    private readonly defaultLanguage: Language,
    private readonly toFill: ToFill[],
  ) {}

  /** The words of a column in all languages; nothing when there are none. `pipe` gives the id behind a name that may be piped. */
  read(row: FormRow, column: string, pointer: string, pipe?: (name: string) => string | undefined): Text | undefined {
    const said: Record<Language, Translation> = {};
    for (const { language: heading, part } of row.inLanguages(column)) {
      const language = heading === '' ? this.defaultLanguage : languageOf(heading);
      if (language === undefined) part.list(`say which language this is, as in "${column}::French (fr)"`);
      else if (said[language] !== undefined) part.list(`there are two texts in ${language}; this one is left out`);
      else {
        said[language] = this.words(part, pointer, pipe);
        this.languages.add(language);
      }
    }
    const [first] = Object.values(said);
    if (first === undefined) return undefined;
    if (said['en'] !== undefined) return said as unknown as Text;
    this.toFill.push({ pointer: `${pointer}/en`, what: 'the English words; those of another language stand there' });
    return { en: { text: first as string, status: 'draft' }, ...said };
  }

  private words(part: SourcePart, pointer: string, pipe: ((name: string) => string | undefined) | undefined): string {
    return part
      .take()
      .trim()
      .split(/(\$\{\s*[^{}\s]+\s*\})/)
      .map((piece) => {
        const name = /^\$\{\s*([^{}\s]+)\s*\}$/.exec(piece)?.[1];
        if (name === undefined) return this.plain(piece, part);
        const id = pipe?.(name);
        if (id !== undefined) {
          this.toFill.push({
            pointer,
            what: `the words to use when there is no answer to "${id}" ("${NO_ANSWER}" stands there)`,
          });
          return `{${id}|${NO_ANSWER}}`;
        }
        part.list(
          `\${${name}} cannot be said here: only an earlier question that is asked once, or in the same item; "(${name})" stands there`,
        );
        return `(${name})`;
      })
      .join('');
  }

  /** Braces pipe answers with us. */
  private plain(words: string, part: SourcePart): string {
    if (!/[{}]/.test(words)) return words;
    part.list('braces pipe answers in our format; they were written as round brackets');
    return words.replaceAll('{', '(').replaceAll('}', ')');
  }
}
