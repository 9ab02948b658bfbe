/** A worker process that a test may kill: delivers until its standard input ends. Its one argument says where, as JSON. */
import { aReferralSystem, type SystemWanted } from './referral-system.js';

const system = await aReferralSystem(JSON.parse(process.argv[2] ?? '') as SystemWanted);
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.once('end', () => void system.close().then(() => process.exit(0)));
