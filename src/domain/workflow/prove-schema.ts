import type { ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { closest, distance } from 'fastest-levenshtein';
import type { Problem } from './chart.js';
import { pointerTo } from './chart.js';
import { chartSchema } from './schema.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, verbose: true });

/** Checks a parsed file against the schema of charts. */
export function schemaProblems(json: unknown, file: string): Problem[] {
  const validateChart = ajv.compile(chartSchema); // in use, not at load; the same function each time for the same schema
  if (validateChart(json)) return [];
  return toProblems(validateChart.errors ?? [], file, '', json);
}

/** Checks the parameters of an effect against its vocabulary. */
export function paramsProblems(schema: object, value: unknown, file: string, pointer: string): Problem[] {
  const validate = ajv.compile(schema);
  return validate(value) ? [] : toProblems(validate.errors ?? [], file, pointer, value);
}

/** A suggestion for a misspelt name, or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(name, [...known]);
  return distance(name, nearest) <= Math.max(2, name.length * 0.4) ? ` Did you mean “${nearest}”?` : '';
}

function toProblems(errors: readonly ErrorObject[], file: string, below: string, json: unknown): Problem[] {
  const telling = errors.filter((error) => !isNoise(error, errors));
  const problems = (telling.length > 0 ? telling : errors).map((error) => ({
    file,
    pointer: below + pointerOf(error),
    message: messageOf(error, json),
  }));
  return problems.filter(
    (problem, index) =>
      problems.findIndex((other) => other.pointer === problem.pointer && other.message === problem.message) === index,
  );
}

/** `oneOf` and `if` report every branch; what lies deeper, or is not about the wrong branch, tells the author more. */
function isNoise(error: ErrorObject, all: readonly ErrorObject[]): boolean {
  if (error.keyword === 'if') return true;
  if (error.keyword === 'oneOf')
    return all.some((other) => other !== error && other.instancePath.startsWith(error.instancePath));
  if (error.keyword !== 'type' || !error.schemaPath.includes('/oneOf/')) return false;
  return all.some(
    (other) =>
      other !== error &&
      other.keyword !== 'oneOf' &&
      other.keyword !== 'type' &&
      other.instancePath.startsWith(error.instancePath),
  );
}

function pointerOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const key = params['additionalProperty'] ?? (error.keyword === 'propertyNames' ? params['propertyName'] : undefined);
  return error.instancePath + (typeof key === 'string' ? pointerTo(key) : '');
}

function messageOf(error: ErrorObject, json: unknown): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      return `Unknown key “${String(params['additionalProperty'])}”.${didYouMean(String(params['additionalProperty']), known)}`;
    }
    case 'required':
      return `The key “${String(params['missingProperty'])}” is missing.`;
    case 'enum':
      return `${quoted(error, json)} is not one of: ${(params['allowedValues'] as unknown[]).join(', ')}.`;
    case 'const':
      return `${quoted(error, json)} must be ${JSON.stringify(params['allowedValue'])}.`;
    case 'propertyNames':
      return `“${String(params['propertyName'])}” is not a possible name here: states are camelCase, commands are CAPITALS_WITH_UNDERSCORES.`;
    case 'not':
      return 'A chart has either regions (“type” and “stageRegion”) or an “initial” state, not both.';
    default:
      return `This value ${error.message ?? 'does not fit the schema'}.`;
  }
}

function quoted(error: ErrorObject, json: unknown): string {
  let value = json;
  for (const part of error.instancePath.split('/').slice(1)) {
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return JSON.stringify(value);
}
