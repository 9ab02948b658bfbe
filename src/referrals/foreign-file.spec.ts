import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreignFile } from './foreign-file.js';

const MOST = 1_000;

describe('a file that somebody else put there', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const read = (name: string) => foreignFile(at(name), MOST);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-foreign-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read whole up to the limit, and not at all beyond it', async () => {
    writeFileSync(at('one'), 'x'.repeat(MOST));
    expect(await read('one')).toEqual(Buffer.from('x'.repeat(MOST)));
    truncateSync(at('one'), MOST + 1);
    expect(await read('one')).toBe('tooLong');
    truncateSync(at('one'), 2 ** 40);
    expect(await read('one')).toBe('tooLong');
  });

  it('is read when it is empty, and said to be missing when it is', async () => {
    writeFileSync(at('empty'), '');
    expect(await read('empty')).toEqual(Buffer.alloc(0));
    expect(await read('none')).toBe('missing');
  });

  it('is waited for by nobody when it is a pipe, not even when many are there', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `pipe-${n}`);
    for (const name of names) execFileSync('mkfifo', [at(name)]);
    expect(new Set(await Promise.all(names.map(read)))).toEqual(new Set(['notAFile']));
  });

  it('is not followed when it is a link, wherever that leads', async () => {
    writeFileSync(at('real'), 'of somebody');
    symlinkSync(at('real'), at('link'));
    symlinkSync('/dev/zero', at('zeros'));
    symlinkSync(at('none'), at('nowhere'));
    for (const name of ['link', 'zeros', 'nowhere']) expect(await read(name)).toBe('notAFile');
  });

  it('is none when it is a folder or a socket', async () => {
    mkdirSync(at('folder'));
    expect(await read('folder')).toBe('notAFile');
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await read('socket')).toBe('notAFile');
    server.close();
  });

  it('is unreadable below what is no folder', async () => {
    writeFileSync(at('file'), '');
    expect(await foreignFile(join(at('file'), 'below'), MOST)).toBe('unreadable');
  });
});
