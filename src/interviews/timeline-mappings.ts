import { Injectable } from '@nestjs/common';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { schemaProblems } from '../domain/questionnaire/schema-check.js';
import type { TimelineFile } from '../domain/timeline/format.js';

/** Beside the sources as well as beside the build. */
const FOLDER = fileURLToPath(new URL('../../questionnaires', import.meta.url));

/**
 * The timeline.json of every pack, read once at start. They belong to no published version, so they come from the release and
 * not from the database; `f1 questionnaires check` and every publishing look at them more closely.
 */
@Injectable()
export class TimelineMappings {
  readonly all: readonly TimelineFile[] = readdirSync(FOLDER)
    .sort()
    .map((pack) => join(FOLDER, pack, 'timeline.json'))
    .filter((path) => existsSync(path))
    .map(readMapping);
}

function readMapping(path: string): TimelineFile {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const [first] = schemaProblems('timeline', content);
  if (first) throw new Error(`${path}#${first.pointer}: ${first.message}`);
  return content as TimelineFile;
}
