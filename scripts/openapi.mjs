/** Writes docs/openapi.json from the built controllers and DTO classes; with --check it only says whether the file is current. */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/app.module.js';
import { prefixed } from '../dist/application.js';
import { openApiDocument } from '../dist/openapi.js';
import { readConfig } from '../dist/platform/config/config.js';

const file = new URL('../docs/openapi.json', import.meta.url);
const config = readConfig({ ROLE: 'api', DATABASE_URL: 'postgresql://nobody@127.0.0.1/none' });
// Preview builds the graph of modules without creating a single provider: no database is needed.
const app = await NestFactory.create(AppModule.for(config, { api: '', worker: '' }), { preview: true, logger: false });
const text = `${JSON.stringify(openApiDocument(prefixed(app)), null, 2)}\n`;
const current = (() => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
})();
if (process.argv.includes('--check')) {
  if (current !== text) {
    process.stderr.write('docs/openapi.json is stale: run "npm run openapi" and commit it.\n');
    process.exitCode = 1;
  }
} else if (current !== text) {
  writeFileSync(file, text);
  process.stdout.write('Written: docs/openapi.json\n');
}
