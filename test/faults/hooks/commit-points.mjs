/**
 * Loaded into an application process (`node --import`) by the fault harness: kills that very process at a named point of its
 * work, with SIGKILL, so that nothing is tidied up. It changes no source: it listens to the driver of PostgreSQL, to BullMQ
 * and to outgoing HTTP, and is armed over the process's IPC channel, which no installation has.
 */
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Queue } from 'bullmq';
import pg from 'pg';

let armed;

process.on('message', (message) => {
  armed = message.arm ? { point: message.arm, passes: message.passes ?? 0 } : undefined;
});
process.channel?.unref();

function reach(point) {
  if (armed?.point !== point || armed.passes-- > 0) return;
  process.kill(process.pid, 'SIGKILL');
}

/** What a transaction is for, by the first statement in it that says so. */
const PURPOSES = [
  [/outbox_claim/, 'claim'],
  [/attempt_start/, 'start'],
  [/outbox_lock|attempt_fail/, 'fail'],
  [/referral_lock/, 'receipt'],
  [/f1_claim/, 'command'],
];
const purposes = new WeakMap();

const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (config, ...rest) {
  const text = typeof config === 'string' ? config : (config?.text ?? '');
  const said = `${config?.name ?? ''} ${text.startsWith('BEGIN') ? text : ''}`;
  if (text.startsWith('BEGIN')) purposes.delete(this);
  const purpose = PURPOSES.find(([pattern]) => pattern.test(said))?.[1];
  if (purpose && !purposes.has(this)) purposes.set(this, purpose);
  const of = purposes.get(this);
  if (!of || typeof config?.submit === 'function' || rest.some((one) => typeof one === 'function'))
    return query.call(this, config, ...rest);
  const begins = text.startsWith('BEGIN');
  const commits = text.endsWith('COMMIT');
  if (begins) reach(`${of}.beforeBegin`);
  if (commits) reach(`${of}.beforeCommit`);
  const result = query.call(this, config, ...rest);
  if (!begins && !commits) return result;
  return result.then((value) => {
    reach(`${of}.${begins ? 'afterBegin' : 'afterCommit'}`);
    return value;
  });
};

const addBulk = Queue.prototype.addBulk;
Queue.prototype.addBulk = function (jobs) {
  reach('queue.beforeAdd');
  return addBulk.call(this, jobs).then((value) => {
    reach('queue.afterAdd');
    return value;
  });
};

const request = http.request;
http.request = function (...asked) {
  const outgoing = request.apply(this, asked);
  if (outgoing.method === 'POST' && outgoing.path === '/referrals') {
    reach('post.before');
    outgoing.prependListener('response', (response) => response.prependListener('end', () => reach('post.after')));
  }
  return outgoing;
};
syncBuiltinESMExports();
