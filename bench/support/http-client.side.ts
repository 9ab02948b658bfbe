import { randomUUID } from 'node:crypto';
import { EIGHT_COMMANDS, REGISTRATION } from './eight-commands.js';
import { post } from './http-post.js';
import { serveSide } from './side.js';
import type { ClientSettings } from './settings.js';

/** Fifty officers' programs: each sends a case's eight commands and reads the whole answer before the next. */
serveSide(async ({ port, tokens, atOnce }: ClientSettings) => {
  const send = (by: string, path: string, body: object, headers: Record<string, string> = {}) =>
    post<{ id: string }>({ port, path, body, token: tokens[by], headers });

  const opened = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun++ < count) ids.push((await send('officer', '/api/cases', REGISTRATION)).id);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return ids;
  };

  return {
    async prepare(lots) {
      return (await opened(lots)).map((id) => async (unit) => {
        for (const [index, { by, instruction }] of EIGHT_COMMANDS.entries()) {
          const headers = { 'if-match': `"${index + 1}"`, 'idempotency-key': randomUUID() };
          await unit(() => send(by, `/api/cases/${id}/commands`, instruction, headers));
        }
      });
    },
    close: async () => undefined,
  };
});
