import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ABOUT, DocumentHouse, sha256 } from '../support/document-house.js';

describe('documents and recordings', () => {
  let house: DocumentHouse;

  beforeAll(async () => {
    house = await DocumentHouse.open();
  });

  afterAll(() => house?.close());

  it('files a recording in the interview’s chain with its marks, and plays any part of it', async () => {
    const content = randomBytes(500_000);
    const marks = [{ questionId: 'q1', atMs: 61_000 }];
    const before = (await house.eventsOf(house.files.interviewId)).length;
    const response = await house.upload(house.recordingsPath, content, {
      about: { ...ABOUT, marks },
      name: 'a.ogg',
      type: 'audio/ogg',
    });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      interviewId: house.files.interviewId,
      sha256: sha256(content),
      marks: [{ questionId: 'q1', item: '', atMs: 61_000 }],
    });
    const events = await house.eventsOf(house.files.interviewId);
    expect(events.length).toBe(before + 1);
    expect(events.at(-1)).toMatchObject({
      type: 'ADD_RECORDING',
      aggregate_kind: 'interview',
      case_id: house.files.caseId,
    });

    const part = await house.bytesOf(`/api/recordings/${response.body.id}/content`).set('Range', 'bytes=100000-299999');
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe('bytes 100000-299999/500000');
    expect((part.body as Buffer).equals(content.subarray(100_000, 300_000))).toBe(true);
  });

  it('adds marks once, only to answers there are', async () => {
    const added = await house.upload(house.recordingsPath, randomBytes(100), { name: 'b.ogg', type: 'audio/ogg' });
    const path = `/api/recordings/${added.body.id}/marks`;
    const mark = (marks: object[]) => house.post(path).send({ marks });
    const before = (await house.eventsOf(house.files.interviewId)).length;
    expect((await mark([{ questionId: 'q1', atMs: 5 }])).body.marks).toEqual([{ questionId: 'q1', item: '', atMs: 5 }]);
    expect((await mark([{ questionId: 'q1', atMs: 5 }])).status).toBe(200);
    expect((await house.eventsOf(house.files.interviewId)).length).toBe(before + 1);
    const unknown = await mark([
      { questionId: 'q1', atMs: 9 },
      { questionId: 'q2', atMs: 9 },
    ]);
    expect(unknown.body.errors).toEqual([
      { pointer: '/marks/1/questionId', detail: 'has no answer in this interview' },
    ]);
    expect((await mark([{ questionId: 'q1', atMs: -1 }])).body.errors).toMatchObject([{ pointer: '/marks/0/atMs' }]);
    expect((await mark([])).status).toBe(400);
    const seen = await house.get(house.recordingsPath);
    expect(seen.body.items.find(({ id }: { id: string }) => id === added.body.id).marks).toHaveLength(1);
  });

  it('refuses a recording that is none, of a question nobody answered, or for an interview that is not seen', async () => {
    const text = await house.upload(house.recordingsPath, Buffer.from('x'), { type: 'text/plain' });
    expect(text.body.errors).toEqual([{ pointer: '/file', detail: expect.stringContaining('audio/') }]);
    const marks = [{ questionId: 'q9', atMs: 1 }];
    const unknown = await house.upload(house.recordingsPath, Buffer.from('x'), {
      type: 'audio/ogg',
      about: { ...ABOUT, marks },
    });
    expect(unknown.body.errors).toMatchObject([{ pointer: '/about/marks/0/questionId' }]);
    const elsewhere = await house.upload(house.recordingsPath, Buffer.from('x'), {
      as: 'officer-north',
      type: 'audio/ogg',
    });
    expect(elsewhere.status).toBe(404);
    expect((await house.get(house.recordingsPath, 'officer-north')).status).toBe(404);
  });
});
