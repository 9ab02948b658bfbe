/** A JSON Schema (2020-12), as far as the package needs one. */
export type Schema = Readonly<Record<string, unknown>>;

const ofType =
  (type: string, more: Schema = {}) =>
  (description: string): Schema => ({ type, description, ...more });

export const text = ofType('string');
export const uuid = ofType('string', { pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
/** With milliseconds, in UTC. */
export const instant = ofType('string', { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
export const day = ofType('string', { pattern: '^-?\\d{4,6}-\\d\\d-\\d\\d$' });
export const sha256 = ofType('string', { pattern: '^[0-9a-f]{64}$' });
export const country = ofType('string', { pattern: '^([A-Z]{2}|stateless)$' });
export const bool = ofType('boolean');
export const count = ofType('integer', { minimum: 0 });
/** Whatever a question of its type takes. */
export const anything = (description: string): Schema => ({ description });

export const oneOf = (description: string, values: readonly string[]): Schema => ({
  type: 'string',
  enum: values,
  description,
});

export const list = (description: string, items: Schema): Schema => ({ type: 'array', description, items });

/** Null where the file does not tell. */
export function nullable(schema: Schema): Schema {
  if (!('type' in schema)) return schema;
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...('enum' in schema ? { enum: [...valuesOf(schema), null] } : {}),
  };
}

const valuesOf = (schema: Schema): readonly unknown[] => schema['enum'] as readonly unknown[];

/** An object with these properties and no other; all are there, but those named as optional. */
export const object = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
