import { answerJobs } from '../../platform/threads/in-thread.js';
import { type PrintJob, printPackage } from './print-package.js';

answerJobs((job: PrintJob) => printPackage(job));
