import { Command, Option } from 'commander';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Exported } from '../domain/questionnaire/exchange/export-result.js';
import { toFhir } from '../domain/questionnaire/exchange/fhir-export.js';
import { importFhir } from '../domain/questionnaire/exchange/fhir-import.js';
import type { Draft, DraftOptions } from '../domain/questionnaire/exchange/import-report.js';
import { placeOf, reportInWords } from '../domain/questionnaire/exchange/import-words.js';
import { printableForm } from '../domain/questionnaire/exchange/print.js';
import { toSurveyJs } from '../domain/questionnaire/exchange/surveyjs-export.js';
import { importXlsForm } from '../domain/questionnaire/exchange/xlsform-import.js';
import { XPathRefused } from '../domain/questionnaire/exchange/xpath-syntax.js';
import type { QuestionnaireFile } from '../domain/questionnaire/format.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import { projectFolder } from '../project-folder.js';
import { readPackFiles, readPackFolder } from '../questionnaires/pack-files.js';
import { LIMITS, readSpreadsheet, SpreadsheetRefused } from '../questionnaires/spreadsheet.js';
import { answer } from './installation-in-use.js';
import { Told } from './told.js';

/** `f1 questionnaires import`: a form of another kind as a draft pack; no database is needed. */
export const importCommand = (): Command =>
  new Command('import')
    .description('Make a draft pack from an XLSForm (.xlsx) or a FHIR R4 Questionnaire (.json)')
    .argument('<file>', 'the form')
    .requiredOption('--out <folder>', 'the folder of the pack to make; its name is the name of the pack')
    .option('--country <code>', 'the country the pack is for (ISO 3166-1 alpha-2)')
    .option('--json', 'one line of JSON')
    .action(async (file: string, { out, country, json }: { out: string; country?: string; json?: boolean }) => {
      const folder = resolve(out);
      const pack = basename(folder);
      if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(pack))
        throw new Told(`A pack is named with letters, digits and hyphens: "${pack}" cannot be the name of its folder.`);
      if (existsSync(folder) && readdirSync(folder).length > 0)
        throw new Told(`${out} is not empty; name a new folder.`);
      const draft = await readDraft(file, { pack, ...(country !== undefined && { country }) });
      writeDraft(folder, basename(file), draft);
      readPackFolder(folder, join(projectFolder(), 'questionnaires'));
      const { total, mapped, listed, toFill } = draft.report;
      answer({ ok: true, folder: out, ...draft.report }, json, () => [
        ...listed.map((one) => `${placeOf(one)}: ${one.expression.replace(/\s+/g, ' ')}\n  ${one.todo}`),
        `${total} values: ${mapped} in the draft, ${listed.length} listed, ${toFill.length} places to fill. All of it: ${join(out, 'IMPORT.md')}`,
      ]);
    });

async function readDraft(file: string, options: DraftOptions): Promise<Draft> {
  if (!existsSync(file) || !statSync(file).isFile()) throw new Told(`There is no file ${file}.`);
  if (statSync(file).size > LIMITS.fileBytes) throw new Told(`${file} is larger than ${LIMITS.fileBytes} bytes.`);
  try {
    if (extname(file).toLowerCase() === '.json')
      return importFhir(JSON.parse(readFileSync(file, 'utf8')) as unknown, options);
    return importXlsForm(await readSpreadsheet(readFileSync(file)), options);
  } catch (error) {
    if (error instanceof XPathRefused || error instanceof SpreadsheetRefused || error instanceof SyntaxError)
      throw new Told(`${file} cannot be imported: ${error.message}`);
    throw error;
  }
}

function writeDraft(folder: string, source: string, draft: Draft): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  write('pack.json', draft.pack);
  write(draft.file, draft.questionnaire);
  write('reference.json', draft.reference);
  writeFileSync(join(folder, 'IMPORT.md'), reportInWords(source, draft));
}

const FORMATS = ['fhir', 'surveyjs', 'print'] as const;

/** `f1 questionnaires export`: a questionnaire in another format; no database is needed. */
export const exportCommand = (): Command =>
  new Command('export')
    .description('Write a questionnaire as FHIR R4, as SurveyJS, or as a form to print')
    .argument('<questionnaire>', 'its id, such as RW-screening, or its file in the folder of a pack')
    .addOption(new Option('--as <format>', 'what to write').choices(FORMATS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the file to write')
    .option('--language <tag>', 'language of the printed form', 'en')
    .option('--json', 'one line of JSON')
    .action(
      (named: string, options: { as: (typeof FORMATS)[number]; out: string; language: string; json?: boolean }) => {
        const plan = planOf(named);
        const title = (plan.files[0]!.content as QuestionnaireFile).title;
        const { content, differs }: Exported<unknown> =
          options.as === 'fhir'
            ? toFhir(plan, title)
            : options.as === 'surveyjs'
              ? toSurveyJs(plan, title)
              : { content: printableForm(plan, title, inOneOf(plan, options.language)), differs: [] };
        writeFileSync(options.out, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
        answer({ ok: true, file: options.out, id: plan.id, version: plan.version, differs }, options.json, () => [
          ...differs.map(({ id, what }) => `${id === undefined ? '' : `${id}: `}${what}`),
          `${plan.id} v${plan.version} is in ${options.out}; ${differs.length} difference(s).`,
        ]);
      },
    );

/** Throws Told for a language in which the questionnaire has no texts: a form half in another one would go unnoticed. */
function inOneOf({ id, files }: Plan, language: string): string {
  const { languages } = files[0]!.content as QuestionnaireFile;
  if (languages.includes(language)) return language;
  throw new Told(
    `${id} has no texts in "${language}". Say one of its languages with --language: ${languages.join(', ')}.`,
  );
}

/** The newest version with that id, or the questionnaire of that file. */
function planOf(named: string): Plan {
  const library = join(projectFolder(), 'questionnaires');
  if (!existsSync(named)) {
    const found = readPackFiles(library)
      .flatMap(({ plans }) => plans)
      .filter(({ id }) => id === named)
      .sort((a, b) => b.version - a.version)[0];
    if (!found) throw new Told(`There is no questionnaire "${named}" in questionnaires/ and no such file.`);
    return found;
  }
  const path = resolve(named);
  const { plans } = readPackFolder(dirname(path), library);
  const file = `${basename(dirname(path))}/${basename(path)}`;
  const found = plans.find(({ files }) => files[0]!.file === file);
  if (!found) throw new Told(`pack.json beside ${named} does not name it as a questionnaire.`);
  return found;
}
