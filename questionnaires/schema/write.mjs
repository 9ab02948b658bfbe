/** Writes the schema files beside this one from the compiled definitions; run after a build. */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import * as definitions from '../../dist/domain/questionnaire/schema-definition.js';
import { scenarioSchema } from '../../dist/domain/questionnaire/schema-scenario.js';
import { timelineSchema } from '../../dist/domain/questionnaire/schema-timeline.js';

const schemas = { ...definitions, scenarioSchema, timelineSchema };
for (const name of ['module', 'pack', 'questionnaire', 'reference', 'scenario', 'timeline']) {
  const text = await format(JSON.stringify(schemas[`${name}Schema`], null, 2), { parser: 'json', printWidth: 120 });
  writeFileSync(new URL(`${name}.schema.json`, import.meta.url), text);
}
