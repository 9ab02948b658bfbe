import { Ajv2020 } from 'ajv/dist/2020.js';
import { packageSchema } from './schema/package.js';

const ajv = new Ajv2020({ allErrors: false, allowUnionTypes: true, strict: true, strictRequired: false });

/** What the published schema has against a package, as JSON Pointer and sentence; empty when it fits. */
export function packageProblems(body: unknown): string[] {
  const validate = ajv.compile(packageSchema); // in use, not at load; the same function each time
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? 'does not fit'}`);
}
