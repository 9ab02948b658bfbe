import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { accessSync } from 'node:fs';
import { WorkThread } from '../../platform/threads/work-thread.js';
import type { PrintJob } from './print-package.js';

const ENTRY = new URL('./print.thread.js', import.meta.url);
const LIMITS = { seconds: 60, megabytes: 512, waiting: 20 };

/** Packages on paper. Setting pages is seconds of computing for a long file, so it is done in a thread beside the event loop. */
@Injectable()
export class PrintedPackagesService implements OnApplicationShutdown {
  private readonly thread = new WorkThread(ENTRY, LIMITS);

  /** Throws where the build left the template behind: better no start than a prosecutor who cannot print. */
  constructor() {
    accessSync(new URL('./package.typ', import.meta.url));
  }

  onApplicationShutdown(): Promise<void> {
    return this.thread.stop();
  }

  /** A tagged PDF: the same bytes for the same job. Throws JobFailed; `unavailable` when too many wait. */
  print(job: PrintJob): Promise<Uint8Array> {
    return this.thread.run<Uint8Array>(job);
  }
}
