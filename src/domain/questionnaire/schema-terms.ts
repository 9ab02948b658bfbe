/** Short words to write schemas with. */
export type Schema = { readonly [key: string]: unknown };
export type Properties = Record<string, Schema>;

export const D = (description: string, rest: Schema = {}): Schema => ({ description, ...rest });
export const str = (description: string, rest: Schema = {}) =>
  D(description, { type: 'string', minLength: 1, ...rest });
export const ref = (description: string, $ref: string) => D(description, { $ref });
export const arr = (description: string, items: Schema, rest: Schema = {}) =>
  D(description, { type: 'array', items, ...rest });
export const obj = (description: string, required: string[], properties: Properties, rest: Schema = {}) =>
  D(description, { type: 'object', required, properties, additionalProperties: false, ...rest });

export const BASE = 'https://article-1f.example/schema/';
export const head = (name: string, title: string) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: BASE + name,
  title,
});
export const $schema = str('Lets an editor find this schema.');
