import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { RegistrationService } from '../../src/cases/registration.service.js';
import { DataKeys } from '../../src/platform/database/data-keys.js';
import { Database } from '../../src/platform/database/database.js';
import { Write } from '../../src/platform/database/write.js';
import { actorOf, asked, REGISTRATION } from './eight-commands.js';

export interface BenchFile {
  readonly caseId: string;
  readonly allegationId: string;
}

/** Opens cases, each with an allegation to be suspected of; none of this is measured. */
export class SetUp {
  private readonly officer = actorOf('officer');

  constructor(private readonly app: INestApplicationContext) {}

  async files(count: number, atOnce: number): Promise<BenchFile[]> {
    const files: BenchFile[] = [];
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun++ < count) files.push(await this.file());
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return files;
  }

  private async file(): Promise<BenchFile> {
    const registration = this.app.get(RegistrationService, { strict: false });
    const caseId = await registration.register(this.officer, REGISTRATION, asked(undefined));
    const allegationId = randomUUID();
    await this.app.get(Database, { strict: false }).inActorTx(this.officer.id, async (tx) => {
      const key = await this.app.get(DataKeys, { strict: false }).getInTx(tx, caseId);
      await new Write()
        .insert('allegation', {
          id: allegationId,
          case_id: caseId,
          ground: '1F(a)',
          crime: 'genocide',
          scope: 'refugeeStatus',
          template_version: 1,
          sealed: key.seal({ description: 'Checked papers at an invented roadblock.' }, `allegation:${allegationId}`)
            .bytes,
          intended_to_stand: true,
          complete: true,
          exculpatory_assessed: true,
          below_responsibility: false,
          minor_at_act: false,
          position: 1,
        })
        .run(tx);
    });
    return { caseId, allegationId };
  }
}
