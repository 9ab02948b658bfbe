import type { PackFile, QuestionnaireFile, Text } from '../domain/questionnaire/format.js';
import { isQuestion, partsIn } from '../domain/questionnaire/lint/files.js';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import { kindOf } from '../domain/questionnaire/schema-check.js';
import { canonical, sha256 } from '../platform/database/sealing.js';
import { InvalidInput } from '../platform/http/problem.js';
import { SCENARIOS } from './pack-files.js';
import type { Purpose } from './questionnaire.store.js';

/** One questionnaire with everything it needs, as an author sends it: the files of a pack folder. */
export interface DraftFiles {
  readonly files: readonly SourceFile[];
}

/** What a draft says of itself, readable even while much else in it is wrong. */
export interface DraftIdentity {
  readonly pack: string;
  readonly countries: readonly string[];
  readonly code: string;
  readonly number: number;
  readonly purpose: Purpose;
  readonly title: Text;
}

type Errors = { pointer: string; detail: string }[];

const PURPOSES: readonly unknown[] = ['screening', 'exclusion', 'witness'];
const NAME = /^[A-Za-z][A-Za-z0-9-]*(\/(modules|scenarios))?\/[A-Za-z0-9][A-Za-z0-9._-]*\.json$/;
const MOST_FILES = 200;
/** Twice the longest interview there is. What is proven of a chain of questions grows faster than the chain. */
const MOST_QUESTIONS = 600;
const PACK_EXAMPLE =
  '{"file": "XX/pack.json", "content": {"format": 1, "pack": "XX", "title": {"en": "..."}, "countries": ["XX"], "languages": ["en"], "questionnaires": ["screening.v1.json"], "reference": "reference.json"}}';

/** Reads the body `{"files": [{"file", "content"}]}`. Throws InvalidInput, naming what to send instead. */
export function readDraftFiles(body: unknown): DraftFiles {
  const { files } = objectOf(body) ?? {};
  const errors: Errors = [];
  if (!Array.isArray(files) || files.length === 0 || files.length > MOST_FILES)
    throw new InvalidInput([
      {
        pointer: '/files',
        detail: `send the files of the questionnaire: a list of 1 to ${MOST_FILES} objects {"file": "XX/screening.v1.json", "content": {...}}`,
      },
    ]);
  const read = files.flatMap((one: unknown, index) => fileOf(one, `/files/${index}`, errors));
  for (const [index, { file }] of read.entries())
    if (read.findIndex((other) => other.file === file) !== index)
      errors.push({ pointer: `/files/${index}/file`, detail: `"${file}" is there twice; send it once` });
  const questions = read.flatMap(partsIn).filter(({ value }) => isQuestion(value)).length;
  if (questions > MOST_QUESTIONS)
    errors.push({
      pointer: '/files',
      detail: `one questionnaire with its modules has at most ${MOST_QUESTIONS} questions, and these files hold ${questions}; make several of it`,
    });
  if (errors.length > 0) throw new InvalidInput(errors);
  return { files: read };
}

function fileOf(value: unknown, pointer: string, errors: Errors): SourceFile[] {
  const { file, content, ...rest } = objectOf(value) ?? {};
  for (const name of Object.keys(rest))
    errors.push({ pointer: `${pointer}/${name}`, detail: 'there is no such field here' });
  if (typeof file !== 'string' || !NAME.test(file))
    errors.push({
      pointer: `${pointer}/file`,
      detail:
        'must be the name of the file in its pack, such as XX/pack.json, XX/screening.v1.json or XX/scenarios/screening.json',
    });
  else if (objectOf(content) === undefined)
    errors.push({ pointer: `${pointer}/content`, detail: 'must be the content of the file: a JSON object' });
  else return [{ file, content }];
  return [];
}

/** Who the draft is: its one questionnaire and that one's pack. Throws InvalidInput where that cannot be told. */
export function identityOf({ files }: DraftFiles): DraftIdentity {
  const proper = files.map((one, index) => ({ ...one, index })).filter(({ file }) => !isScenario(file));
  const questionnaires = proper.filter(({ content }) => kindOf(content) === 'questionnaire');
  const [own] = questionnaires;
  if (!own || questionnaires.length > 1)
    throw new InvalidInput([
      {
        pointer: '/files',
        detail: `one draft is one questionnaire (a file with "id", "version" and "sections"), and these files hold ${questionnaires.length}; make one draft of each`,
      },
    ]);
  const pack = packOf(own.file);
  const packFile = proper.find(({ file }) => file === `${pack}/pack.json`);
  if (!packFile)
    throw new InvalidInput([{ pointer: '/files', detail: `add the pack file of ${pack}, such as ${PACK_EXAMPLE}` }]);
  const { countries } = packFile.content as Partial<PackFile>;
  const { id, version, purpose, title } = own.content as Partial<QuestionnaireFile>;
  const errors: Errors = [];
  const place = `/files/${own.index}/content`;
  if (typeof id !== 'string' || !/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(id))
    errors.push({ pointer: `${place}/id`, detail: 'must be a name such as XX-screening' });
  if (!Number.isInteger(version) || Number(version) < 1 || Number(version) > 1_000_000)
    errors.push({ pointer: `${place}/version`, detail: 'must be a whole number from 1 to 1000000' });
  if (!PURPOSES.includes(purpose))
    errors.push({ pointer: `${place}/purpose`, detail: `must be one of ${PURPOSES.join(', ')}` });
  if (objectOf(title)?.['en'] === undefined)
    errors.push({ pointer: `${place}/title`, detail: 'must hold the title in English at least: {"en": "..."}' });
  if (!Array.isArray(countries) || countries.some((country) => typeof country !== 'string'))
    errors.push({ pointer: `/files/${packFile.index}/content/countries`, detail: 'must be a list of country codes' });
  if (errors.length > 0) throw new InvalidInput(errors);
  return { pack, countries: [...countries!].sort(), code: id!, number: version!, purpose: purpose!, title: title! };
}

/** Names the files as they are: what is looked at and approved. */
export const bodyHashOf = ({ files }: DraftFiles): string => sha256(canonical({ files })).toString('hex');

export const packOf = (file: string): string => file.split('/')[0] ?? '';
export const isScenario = (file: string): boolean => file.split('/')[1] === SCENARIOS;

/** Names of modules that the questionnaire includes and the author did not send: published ones are taken. */
export function missingModules(files: readonly SourceFile[]): string[] {
  const includes = files.flatMap(({ content }) => (content as { includes?: unknown }).includes ?? []);
  const names = includes.map((one) => (typeof one === 'string' ? one : (one as { module?: unknown } | null)?.module));
  const sent = new Set(files.map(({ file }) => file));
  return [...new Set(names)].filter((name): name is string => typeof name === 'string' && !sent.has(name));
}

const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
