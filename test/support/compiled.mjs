import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

/** What was compiled before, by any run in this clone; `npm ci` empties it. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/f1-typescript/', import.meta.url));
const compiler = createRequire(import.meta.url)('@swc/core/package.json').version;
const options = { ...swcOptions, swcrc: false, sourceMaps: 'inline' };
let written = 0;

/** The JavaScript of a source file, compiled once for all processes that load it: a test run starts more than a hundred. */
export async function compiled(filename, source) {
  const key = createHash('sha256')
    .update(JSON.stringify([compiler, options, filename, source]))
    .digest('hex');
  const kept = join(folder, `${key}.mjs`);
  try {
    return await readFile(kept, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, { ...options, filename });
  await keep(kept, code);
  return code;
}

/** Whole or not at all, as other processes read and write there too. */
async function keep(file, code) {
  const unfinished = `${file}.${process.pid}-${written++}`;
  mkdirSync(folder, { recursive: true });
  await writeFile(unfinished, code);
  await rename(unfinished, file);
}
