import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { FilesModule } from '../platform/files/files.module.js';
import { DocumentStore } from './document.store.js';
import { OrphanFiles } from './orphan-files.js';

const EVERY_MS = 6 * 60 * 60 * 1000;

@Injectable()
class OrphanFilesRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Files');
  private readonly complain = rateLimited((error) => this.logger.warn(`sweeping failed: ${error.message}`));

  constructor(
    private readonly orphans: OrphanFiles,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS, phase: 'intake' }, () => this.orphans.sweep(), this.complain);
  }
}

/** The worker's part of files: what an interrupted upload left behind is removed after a day. */
@Module({ imports: [FilesModule], providers: [DocumentStore, OrphanFiles, OrphanFilesRun] })
export class OrphanFilesModule {}
