import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { didYouMean } from './problems.js';
import { moduleSchema, packSchema, questionnaireSchema, referenceSchema } from './schema-definition.js';
import { scenarioSchema } from './schema-scenario.js';
import { timelineSchema } from './schema-timeline.js';

export type FileKind = 'pack' | 'questionnaire' | 'module' | 'reference' | 'scenario' | 'timeline';

const SCHEMAS = {
  pack: packSchema,
  questionnaire: questionnaireSchema,
  module: moduleSchema,
  reference: referenceSchema,
  scenario: scenarioSchema,
  timeline: timelineSchema,
} satisfies Record<FileKind, object>;

let ajv: Ajv2020 | undefined;

/** Compiled with the first file of its kind: it takes long, and most commands and threads check no file. */
function validatorOf(kind: FileKind): ValidateFunction {
  ajv ??= withModules();
  return ajv.compile(SCHEMAS[kind]); // the same function each time for the same schema
}

function withModules(): Ajv2020 {
  const made = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    strict: true,
    strictRequired: false,
    verbose: true,
  });
  addFormats.default(made, ['uri']);
  return made.addSchema(moduleSchema);
}

/** What a parsed file is, by the key that names it; undefined when none of them is there. */
export function kindOf(content: unknown): FileKind | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  if ('pack' in content) return 'pack';
  if ('reference' in content) return 'reference';
  if ('module' in content) return 'module';
  if ('timeline' in content) return 'timeline';
  if ('id' in content) return 'questionnaire';
  return undefined;
}

/** What the schema of its kind has against a file, as pointer and sentence. */
export function schemaProblems(kind: FileKind, content: unknown): { pointer: string; message: string }[] {
  const validate = validatorOf(kind);
  if (validate(content)) return [];
  const seen = new Set<string>();
  return (validate.errors ?? [])
    .filter((error) => error.keyword !== 'if')
    .map(explain)
    .filter(({ pointer, message }) => !seen.has(pointer + message) && seen.add(pointer + message));
}

function explain(error: ErrorObject): { pointer: string; message: string } {
  const pointer = error.instancePath;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const keys = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
      const meant = didYouMean(key, keys) || (keys.length > 0 ? `; the keys here are ${keys.join(', ')}` : '');
      return { pointer: `${pointer}/${key}`, message: `this key does not exist here${meant.replace(/^ /, '. ')}` };
    }
    case 'required':
      return { pointer, message: `"${String(params['missingProperty'])}" is missing` };
    case 'dependentRequired':
      return {
        pointer,
        message: `"${String(params['property'])}" stands here without "${String(params['missingProperty'])}"; state both: every use of a condition says what an unclear result does`,
      };
    case 'type':
      return { pointer, message: `must be ${[params['type']].flat().map(kindName).join(' or ')}` };
    case 'enum':
      return { pointer, message: `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}` };
    case 'const':
      return { pointer, message: `must be ${JSON.stringify(params['allowedValue'])}` };
    case 'pattern':
      return { pointer, message: `is not written as required: ${patternInWords(String(params['pattern']))}` };
    case 'not':
      return { pointer, message: '"on" and "when" exclude each other; keep one' };
    default:
      return { pointer, message: error.message ?? `breaks the rule ${error.keyword}` };
  }
}

/** By example, since few authors read regular expressions. */
const patternInWords = (pattern: string): string =>
  pattern.startsWith('^([A-Z]{2}|')
    ? 'a country is two capital letters, such as TG'
    : pattern.startsWith('^[a-z]{2,3}(-')
      ? 'a language is a tag such as en, fr or pt-BR'
      : pattern === '\\.json$'
        ? 'the name of a file ends in .json'
        : pattern.startsWith('^[a-z][A-Za-z0-9]*')
          ? 'a small letter, then letters and digits without spaces, such as prisonYears'
          : `letters and digits without spaces, such as guard2 (pattern ${pattern})`;

const KIND_NAMES: Record<string, string> = {
  boolean: 'true or false',
  array: 'a list: [...]',
  object: 'an object: {...}',
};
const kindName = (type: unknown): string => KIND_NAMES[String(type)] ?? `a ${String(type)}`;
