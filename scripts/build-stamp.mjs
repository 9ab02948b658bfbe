/** Tells whether `dist` is the build of the sources as they are. It must parse on Node 12, as prepare.mjs must. */
import { createHash } from 'crypto';
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The build's last act is to write down here what it was made from. */
export const stampFile = path.join(root, 'dist', '.sources');

/** What is read from `dist` as it is: the same as `assets` in nest-cli.json. */
export const isAsset = (file) =>
  file.endsWith('.typ') || file.endsWith(path.join('platform', 'database', 'schema.json'));

export function sourceFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(file);
    return isAsset(file) || (entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts')) ? [file] : [];
  });
}

/** A hash of all that the build reads: unlike times, it survives copying, checking out and clock changes. */
export function hashOfSources() {
  const hash = createHash('sha256');
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => path.join(root, name));
  for (const file of sourceFiles(path.join(root, 'src')).sort().concat(settings)) {
    hash
      .update(path.relative(root, file) + '\0')
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

export function buildIsStale() {
  if (!fs.existsSync(stampFile)) return true;
  return fs.readFileSync(stampFile, 'utf8') !== hashOfSources();
}
