import { afterAll, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { aCountryPack } from '../../test/factories/country-pack.js';
import { WorkThread } from '../platform/threads/work-thread.js';
import { prove } from './proof.js';
import { ENTRY, proofIn, ProofsService } from './proofs.service.js';
import { VersionStore } from './version.store.js';

describe('looking at a draft beside the event loop', () => {
  const proofs = new ProofsService(new VersionStore());
  const draft = { files: aCountryPack() };
  afterAll(() => proofs.onApplicationShutdown());

  it('proves what the same files prove here, and lets the loop turn meanwhile', async () => {
    const proof = proofs.of(draft);
    expect(await Promise.race([proof.then(() => 'proven first'), setImmediate('turned first')])).toBe('turned first');
    expect(await proof).toEqual(prove(draft));
  });

  it('looks at the same files once', () => {
    expect(proofs.of({ files: aCountryPack() })).toBe(proofs.of(draft));
  });

  it('plays answers beside the loop, too', async () => {
    const played = proofs.preview(draft, {
      child: 'no',
      language: 'en',
      answers: [{ questionId: 'nowhere', value: 1 }],
    });
    expect(await Promise.race([played.then(() => 'played first'), setImmediate('turned first')])).toBe('turned first');
    expect(await played).toMatchObject({ refused: [{ index: 0 }], sections: expect.any(Array) });
    await expect(
      proofs.preview({ files: aCountryPack().slice(0, 1) }, { child: 'no', language: 'en', answers: [] }),
    ).rejects.toThrow('the preview was given up');
  });

  it('says of a proof that was given up why, and that nothing is proven', async () => {
    const hurried = new WorkThread(ENTRY, { seconds: 0.001, megabytes: 256, waiting: 1 });
    expect(await proofIn(hurried, draft)).toMatchObject({
      compiled: null,
      clean: false,
      scenariosPass: false,
      problems: [{ message: expect.stringContaining('did not end within 0.001 seconds') }],
    });
    await hurried.stop();
  });
});
