/** A bug planted on purpose, and the short directed run in which the oracle must find it. */
export interface Tooth {
  readonly says: string;
  /** Texts of the build that are replaced; a text that is gone is an error, so that no tooth falls out unnoticed. */
  readonly patches?: readonly {
    readonly file: string;
    readonly find: string;
    readonly put: string;
    readonly times?: number;
  }[];
  /** Done to the database by its superuser. */
  readonly sql?: string;
  /** Walks of the load that are under way meanwhile; six suspected cases where nothing else is said. */
  readonly walks?: readonly string[];
  readonly faults?: readonly string[];
  /** Well when nothing is found. */
  readonly control?: boolean;
  /** The processes that answer people and that carry referrals are two: one is killed without the other. */
  readonly apart?: boolean;
  /** Left alone for so long before it is judged. */
  readonly restMs?: number;
}

const RELAY_STORE = 'referrals/delivery.store.js';
const CLAIM_LEASE = 'lease_until = f1_now() + make_interval(secs => $3)';
const START_LEASE = 'lease_until = f1_now() + make_interval(secs => $4)';

export const TEETH: Readonly<Record<string, Tooth>> = {
  nothing: {
    says: 'nothing is planted, and the oracle must not find anything: what the others are found by is the bug',
    faults: ['killApi:command.afterCommit', 'receiverSignsWrongly', 'receiver429'],
    walks: ['suspected', 'quashed', 'livedAtAnAuthority', 'suspected'],
    control: true,
  },
  droppedUniqueKey: {
    says: 'the key that makes a command happen once is dropped, and a process dies between COMMIT and answer',
    sql: 'ALTER TABLE command DROP CONSTRAINT command_pkey',
    faults: ['killApi:command.afterCommit'],
  },
  keyIgnored: {
    says: 'the Idempotency-Key of a request is not looked at',
    patches: [{ file: 'platform/http/preconditions.js', find: 'key: key ?? randomUUID()', put: 'key: randomUUID()' }],
  },
  markedBeforeAdd: {
    says: 'what is claimed counts as handed over before the queue has it',
    patches: [{ file: RELAY_STORE, find: CLAIM_LEASE, put: `lease_until = 'infinity'` }],
    faults: ['killWorker:queue.beforeAdd'],
  },
  cursorInsteadOfLease: {
    says: 'the relay remembers the last id it has seen and asks for greater ones',
    patches: [
      {
        file: RELAY_STORE,
        find: 'WHERE done_at IS NULL AND next_attempt_at',
        put: "WHERE referral_id > '${globalThis.f1Cursor ?? '00000000-0000-0000-0000-000000000000'}' AND done_at IS NULL AND next_attempt_at",
      },
      {
        file: RELAY_STORE,
        find: `'outbox_claim'))`,
        put: `'outbox_claim')).then((rows) => { for (const { referralId: id } of rows) if (id > (globalThis.f1Cursor ?? '')) globalThis.f1Cursor = id; return rows; })`,
      },
    ],
    // What is refused must be asked for again; ids alone may happen to come in their order.
    faults: ['receiver500'],
  },
  noLease: {
    says: 'nobody reserves a referral while delivering it',
    patches: [
      { file: RELAY_STORE, find: CLAIM_LEASE, put: 'lease_until = NULL' },
      { file: RELAY_STORE, find: START_LEASE, put: 'lease_until = NULL' },
    ],
    faults: ['receiverDrips'],
  },
  swallowedError: {
    says: 'an error at COMMIT is swallowed and reported as success',
    patches: [
      {
        file: 'platform/database/database.js',
        find: `'COMMIT'].join('; '))`,
        put: `'COMMIT'].join('; ')).catch(() => this.client.query('ROLLBACK'))`,
      },
    ],
    faults: ['commitsFail'],
  },
  keptJobs: {
    says: 'jobs are kept when they are done, under an id without the epoch, so that adding them again is ignored',
    patches: [
      {
        file: 'platform/queue/queue-backend.js',
        find: 'removeOnComplete: true, removeOnFail: true',
        put: 'removeOnComplete: false, removeOnFail: false',
      },
      { file: 'platform/queue/queue-backend.js', find: 'removeOnComplete: { count: 0 },', put: '' },
      { file: 'platform/queue/queue-backend.js', find: 'removeOnFail: { count: 0 },', put: '' },
      { file: 'platform/queue/bull.js', find: 'jobId: id', put: `jobId: id.replace(/_\\d+$/, '')` },
    ],
    faults: ['receiver500'],
  },
  givesUp: {
    says: 'a delivery that failed once is not tried again for thirty years',
    patches: [{ file: 'domain/referral/retry.js', find: '[0, 5 * SECOND', put: '[0, 250_000 * HOUR' }],
    faults: ['receiver500'],
  },
  wrongClockBelieved: {
    says: 'what a clock that ran ahead put off waits until the right time has come that far',
    patches: [{ file: 'referrals/put-off.sql.js', find: '(put_off_at >', put: '(false AND put_off_at >' }],
    faults: ['clockRunsAhead'],
  },
  doneAfterRefusal: {
    says: 'a delivery that was refused counts as done',
    patches: [
      { file: RELAY_STORE, find: 'last_problem = $4 WHERE', put: 'last_problem = $4, done_at = f1_now() WHERE' },
    ],
    faults: ['receiver429'],
  },
  anyReceiptIsGood: {
    says: 'a receipt is taken without comparing what it is for',
    patches: [
      { file: 'referrals/signed-receipt.js', find: 'const fits = ', put: 'const fits = true || ' },
      {
        file: 'referrals/signed-receipt.js',
        find: 'const bodySha256 = ',
        put: 'const bodySha256 = claim.bodySha256 ?? ',
      },
    ],
    faults: ['receiverSignsWrongly'],
  },
  bodyMadeAnew: {
    says: 'every attempt sends other bytes',
    patches: [
      {
        file: 'referrals/webhook.channel.js',
        find: 'async deliver(parcel) {',
        put: `async deliver(parcel) { parcel = { ...parcel, body: parcel.body + ' '.repeat(Date.now() % 97) };`,
      },
    ],
  },
  oneAuthorityOnly: {
    says: 'of several competent authorities the first is told',
    patches: [
      {
        file: 'domain/referral/competence.js',
        find: 'byAuthority(usable, question.grounds) }',
        put: 'byAuthority(usable, question.grounds).slice(0, 1) }',
      },
    ],
  },
  competenceWithoutAuthority: {
    says: 'a decision for which nobody is competent is an empty success',
    patches: [
      { file: 'domain/referral/competence.js', find: 'uncovered.length > 0 || usable.length === 0', put: 'false' },
      { file: 'domain/referral/competence.js', find: 'byAuthority(usable, question.grounds) }', put: '[] }' },
    ],
    sql: 'ALTER TABLE duty_cause DISABLE TRIGGER cause_obliges',
  },
  blockedRecipientTold: {
    says: 'an authority of a country the person lived in is told',
    patches: [
      {
        file: 'domain/referral/competence.js',
        find: 'barred || own.some(',
        put: 'false && own.some(',
      },
    ],
    sql: 'CREATE OR REPLACE FUNCTION f1_blocked(of_case uuid, wanted uuid) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$',
    walks: ['livedAtAnAuthority'],
  },
  correctionToOneOnly: {
    says: 'of those who were told, one hears of the correction',
    patches: [
      {
        file: 'referrals/referrals.service.js',
        find: 'of new Set(referrals.map(({ authority_id }) => authority_id))',
        put: 'of [...new Set(referrals.map(({ authority_id }) => authority_id))].slice(0, 1)',
      },
    ],
    sql: 'ALTER TABLE decision DISABLE TRIGGER quashing_corrects',
    walks: ['quashed'],
  },
  forgottenState: {
    says: 'a receipt is in the history and not in the state of the referral',
    patches: [{ file: 'referrals/referral-lifecycle.js', find: 'snapshot: json(outcome.snapshot),', put: '' }],
  },
  jumpedState: {
    says: 'a receipt leads a referral past its acknowledgement, in the history and in the state alike',
    patches: [
      {
        file: 'referrals/referral-lifecycle.js',
        find: 'const outcome = decideInEither(charts, referral.snapshot, { type: command.type }, facts);',
        put: `const outcome = decideInEither(charts, referral.snapshot, { type: command.type }, facts);
          if (outcome.ok && command.type === 'RECORD_RECEIPT') outcome.snapshot = { ...outcome.snapshot, delivery: 'acknowledged' };`,
      },
    ],
  },
  brokenChain: {
    says: 'events do not carry the hash of the one before',
    patches: [{ file: 'platform/database/chain.js', find: 'previous ?? Buffer.alloc(32)', put: 'Buffer.alloc(32)' }],
  },
  blindReconciler: {
    says: 'the reconciler does not know of suspicions',
    patches: [
      {
        file: 'referrals/reconciler.sql.js',
        find: `'suspicion' FROM suspicion_decision WHERE suspicion`,
        put: `'suspicion' FROM suspicion_decision WHERE false`,
      },
    ],
  },
  deadlineEarly: {
    says: 'deadlines are told a month before they pass',
    patches: [
      {
        file: 'deadlines/escalation.service.js',
        find: 'next_step_at <= f1_now()',
        times: 2,
        put: `next_step_at - interval '30 days' <= f1_now()`,
      },
      { file: 'domain/referral/escalation.js', find: 'now >= dueAt', put: 'now >= dueAt - 30 * 86_400_000' },
    ],
    restMs: 5_000,
  },
};
