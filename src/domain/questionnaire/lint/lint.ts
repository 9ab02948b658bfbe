import type { Include, QuestionnaireFile } from '../format.js';
import { compile } from '../compile.js';
import type { SourceFile } from '../plan.js';
import { kindOf, schemaProblems } from '../schema-check.js';
import { blankWords, unanswerable } from './blank.js';
import { compileFindings, schemaFindings } from './compile-problems.js';
import { nonesBesideOthers, placeholders, unusedDefinitions } from './definitions.js';
import type { Finding, Severity } from './finding.js';
import { lintPlan } from './lint-plan.js';
import { singleSources } from './reference.js';
import { finding } from './report.js';
import { staleTranslations, translationFindings } from './translations.js';
import { wordingFindings } from './wording.js';

const ORDER: readonly Severity[] = ['error', 'warning', 'advice'];

/** Files of a pack that prove or map its questionnaires and are no part of them. */
const BESIDE = /(^|\/)scenarios\/|(^|\/)timeline\.json$/;

export interface LintOptions {
  /** Report only on files for which this holds; the others are there to be referred to. */
  about?: (file: string) => boolean;
}

/**
 * Everything an author should look at before these files are used: what does not compile, what can be proven of each
 * questionnaire, and what its texts and definitions lack. `all` also holds the modules and the reference data they refer to,
 * named relative to `questionnaires/`. Pure; worst findings first.
 */
export function lintFiles(all: readonly SourceFile[], { about = () => true }: LintOptions = {}): Finding[] {
  const files = all.filter(({ file }) => !BESIDE.test(file));
  const found = [
    ...files.filter(({ file }) => about(file)).flatMap((source) => fileFindings(source, files)),
    ...planFindings(files, about),
  ].filter(({ file }) => file === '' || about(file));
  const distinct = new Map(found.map((one) => [`${one.code} ${one.file}#${one.pointer} ${one.reason}`, one]));
  return [...distinct.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      compareText(a.file, b.file) ||
      compareText(a.pointer, b.pointer),
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What can be seen in one file alone. */
function fileFindings(source: SourceFile, files: readonly SourceFile[]): Finding[] {
  const kind = kindOf(source.content);
  if (!kind)
    return [
      finding(
        'notAFile',
        { file: source.file, pointer: '' },
        'this is no pack, questionnaire, module or reference file',
      ),
    ];
  const wrong = schemaFindings(source.file, schemaProblems(kind, source.content));
  if (kind === 'reference') return wrong.length > 0 ? wrong : [...blankWords(source), ...singleSources(source)];
  if (kind === 'pack') return wrong;
  const before = versionBefore(source, files);
  return [
    ...wrong,
    ...placeholders(source),
    ...translationFindings(source),
    ...(before ? staleTranslations(source, before) : []),
    ...unusedDefinitions(source),
    ...blankWords(source),
    ...(wrong.length > 0 ? [] : [...nonesBesideOthers(source), ...unanswerable(source)]),
    ...wordingFindings(source),
  ];
}

interface Named {
  id?: unknown;
  module?: unknown;
  version?: unknown;
}

/** The same questionnaire or module in its highest version below this one. */
function versionBefore({ content }: SourceFile, files: readonly SourceFile[]): SourceFile | undefined {
  const own = content as Named;
  const name = (named: Named) => named.module ?? named.id;
  const version = ({ content: other }: SourceFile) => Number((other as Named).version);
  return files
    .filter((one) => {
      const kind = kindOf(one.content);
      return (kind === 'questionnaire' || kind === 'module') && name(one.content as Named) === name(own);
    })
    .filter((one) => version(one) < Number(own.version))
    .sort((a, b) => version(b) - version(a))[0];
}

/** What is found by compiling each questionnaire, and each module on its own, with what they refer to. */
function planFindings(files: readonly SourceFile[], about: (file: string) => boolean): Finding[] {
  const sound = files.filter(({ content }) => {
    const kind = kindOf(content);
    return kind !== undefined && schemaProblems(kind, content).length === 0;
  });
  const broken = new Set(files.filter((one) => !sound.includes(one)).map(({ file }) => file));
  return sound
    .filter(({ file }) => about(file))
    .flatMap((source) => {
      const kind = kindOf(source.content);
      if (kind !== 'questionnaire' && kind !== 'module') return [];
      const main = kind === 'questionnaire' ? source : aroundModule(source);
      const used = sound.filter(({ file, content }) =>
        kindOf(content) === 'questionnaire' ? false : kindOf(content) !== 'reference' || isNear(file, main, files),
      );
      const result = compile([main, ...used]);
      if (!result.ok) {
        const told = result.problems.filter(
          ({ message }) => ![...broken].some((file) => message.includes(`"${file}"`)),
        );
        return compileFindings(told);
      }
      // What a module says on its own is found there, once.
      return lintPlan(result.plan).filter(({ file }) => file === source.file);
    });
}

const packOf = (file: string): string => file.split('/')[0]!;

/** Reference data of the pack, and of packs whose modules are included. */
function isNear(reference: string, { file, content }: SourceFile, files: readonly SourceFile[]): boolean {
  const { includes = [] } = content as QuestionnaireFile;
  const packs = [
    file,
    ...includes.map((include: Include) => (typeof include === 'string' ? include : include.module)),
  ].map(packOf);
  return packs.includes(packOf(reference)) && files.some((one) => one.file === reference);
}

/** A questionnaire that includes one module and asks nothing else of interest, so that the module can be looked at alone. */
function aroundModule({ file, content }: SourceFile): SourceFile {
  const { module } = content as { module: string };
  const text = { en: module };
  return {
    file: `${packOf(file)}/${module}.alone.json`,
    content: {
      format: 1,
      id: `${module}-alone`,
      version: 1,
      purpose: 'exclusion',
      title: text,
      languages: ['en'],
      includes: [file],
      sections: [
        {
          id: 'alone',
          title: text,
          phase: 'closing',
          items: [{ id: 'alone', type: 'text', text, purpose: 'exclusion', basis: ['The module is looked at alone.'] }],
        },
      ],
    },
  };
}
