import { expect } from '@jest/globals';
import type { Answer, TestApplication } from './application.js';

/** The answer is a problem of this status and code, and says in a sentence what was refused. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body?.code, detail: answer.body?.detail }).toMatchObject({
    status,
    code,
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ type: `/problems/${code}`, status });
  expect(answer.body.title).not.toBe('');
  expect(answer.body.detail).toMatch(/[.!]$/);
}

/** Which fields the refusal blames, as JSON Pointers. */
export const pointersIn = ({ body }: Answer): string[] =>
  (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);

/** What a refused request must leave as it was: the number of rows of every table, and every version. */
export interface Traces {
  readonly counts: Readonly<Record<string, number>>;
  readonly versions: unknown;
}

export const tracesIn = async (application: TestApplication): Promise<Traces> => ({
  counts: await application.counts(),
  versions: await application.rows(
    `SELECT id, version, snapshot, event_seq FROM case_file UNION ALL SELECT id, version, snapshot, event_seq FROM interview ORDER BY id`,
  ),
});
