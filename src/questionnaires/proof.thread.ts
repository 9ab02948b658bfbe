import { answerJobs } from '../platform/threads/in-thread.js';
import { doProofJob } from './proof-jobs.js';

answerJobs(doProofJob);
