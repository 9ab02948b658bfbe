import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { place } from '../../../src/domain/referral/file.js';
import { publishWorkflows } from '../../../src/workflows/publish-workflows.js';
import { readWorkflowFiles } from '../../../src/workflows/workflow-files.js';
import { asOwner } from '../../../src/platform/database/owner.js';
import { DataKey } from '../../../src/platform/database/sealing.js';
import type { KeyProvider } from '../../../src/platform/keys/keys.js';

type Row = Readonly<Record<string, unknown>>;

export interface AuthorityWanted {
  readonly code: string;
  readonly country?: string;
  readonly grounds?: readonly string[];
  readonly webhook?: { readonly endpoint: string; readonly receiptPublicKey: string };
}

/** People and law that every file needs: a decision-maker, authorities with a rule and a prosecutor each, deadlines, charts. */
export interface House {
  readonly decisionMaker: string;
  readonly authorities: Readonly<Record<string, { readonly id: string; readonly prosecutor: string }>>;
}

export interface FileOnCase {
  readonly caseId: string;
  readonly reference: string;
  readonly key: DataKey;
  readonly allegations: readonly { readonly id: string; readonly ground: '1F(a)' | '1F(b)' }[];
}

const RULES = [
  ['refer', 5, 'workingDays'],
  ['acknowledge', 10, 'workingDays'],
  ['feedback', 90, 'days'],
  ['correctionAnswer', 10, 'workingDays'],
  ['grantReview', 182, 'days'],
  ['reconsideration', 20, 'workingDays'],
] as const;

export function aHouse(
  ownerUrl: string,
  wanted: readonly AuthorityWanted[],
  charts = readWorkflowFiles('workflows'),
): Promise<House> {
  return asOwner(ownerUrl, async (owner) => {
    await publishWorkflows(owner, charts);
    for (const [kind, amount, unit] of RULES) {
      await insert(owner, 'deadline_rule', { kind, valid_from: '2000-01-01', amount, unit, source: 'house rule' });
    }
    const decisionMaker = await aUser(owner, 'decision-maker', { roles: ['decisionMaker'], unit: 'central' });
    const authorities: Record<string, { id: string; prosecutor: string }> = {};
    for (const authority of wanted) authorities[authority.code] = await anAuthority(owner, authority);
    return { decisionMaker, authorities };
  });
}

async function anAuthority(owner: pg.Client, { code, country, grounds, webhook }: AuthorityWanted) {
  const id = randomUUID();
  await insert(owner, 'authority', {
    id,
    code,
    name: `Invented authority ${code}`,
    country: country ?? 'BE',
    channel: webhook ? 'webhook' : 'inbox',
    endpoint: webhook?.endpoint ?? null,
    receipt_public_key: webhook?.receiptPublicKey ?? null,
  });
  await insert(owner, 'competence_rule', {
    id: randomUUID(),
    version: 1,
    authority_id: id,
    kinds: ['exclusion', 'suspicion'],
    grounds: grounds ?? ['1F(a)', '1F(b)'],
    legal_basis: `A law for tests, Article ${code}`,
    valid_from: '2000-01-01',
  });
  return { id, prosecutor: await aUser(owner, `prosecutor-${code}`, { roles: ['prosecutor'], authority_id: id }) };
}

async function aUser(owner: pg.Client, username: string, columns: Row): Promise<string> {
  const id = randomUUID();
  await insert(owner, 'app_user', { id, username, display_name: `Invented ${username}`, ...columns });
  return id;
}

/** A file ready for decision: an invented person, an interview with one answer, an allegation on 1F(a) and one on 1F(b). */
export function aFileForDecision(ownerUrl: string, house: House, keys: KeyProvider): Promise<FileOnCase> {
  return asOwner(ownerUrl, async (owner) => {
    const caseId = randomUUID();
    const key = DataKey.create(caseId);
    const by = house.decisionMaker;
    const reference = `TEST-${caseId.slice(0, 8)}`;
    const hash = async (kind: string) =>
      (await owner.query<{ hash: string }>('SELECT hash FROM workflow WHERE kind = $1', [kind])).rows[0]?.hash;
    const add = (table: string, row: Row) => insert(owner, table, { case_id: caseId, ...row });
    const sealed = (table: string, id: string, content: object) => key.seal(content, place(table, id)).bytes;
    await insert(owner, 'case_file', {
      id: caseId,
      reference,
      unit: 'central',
      procedure_type: 'first',
      country_of_origin: 'RW',
      workflow_hash: await hash('case'),
      snapshot: JSON.stringify({ claim: 'pending' }),
      stage: 'approved',
      created_by: by,
    });
    await add('data_key', { wrapped: key.wrap(keys), master_key_id: keys.master.id });
    const person = randomUUID();
    await add('person', {
      id: person,
      workflow_hash: await hash('person'),
      snapshot: JSON.stringify({ whereabouts: 'present', identity: 'claimed' }),
      sealed: sealed('person', person, {
        familyName: 'Invented',
        givenNames: 'Person',
        birthDate: '1970~',
        nationalities: ['RW'],
      }),
      identity_recorded_by: by,
      has_representative: false,
    });
    await add('person_country', { person_id: person, country: 'RW', link: 'nationality' });
    const interview = randomUUID();
    await add('interview', {
      id: interview,
      purpose: 'exclusion',
      interviewer_id: by,
      workflow_hash: await hash('interview'),
      snapshot: JSON.stringify('sealed'),
      sealed: sealed('interview', interview, { confirmation: { outcome: 'confirmed' } }),
      sealed_at: new Date(),
    });
    const notice = randomUUID();
    await add('notice', {
      id: notice,
      interview_id: interview,
      kind: 'purpose',
      sealed: sealed('notice', notice, { language: 'rw', acknowledged: true }),
      served_by: by,
    });
    const answer = randomUUID();
    await add('answer', {
      id: answer,
      interview_id: interview,
      question_id: 'roadblock',
      revision: 1,
      sealed: sealed('answer', answer, { value: true, note: 'hesitated' }),
      recorded_by: by,
    });
    const allegations = [];
    for (const [position, ground] of (['1F(a)', '1F(b)'] as const).entries()) {
      allegations.push({ id: await anAllegation(add, key, position, ground), ground });
    }
    return { caseId, reference, key, allegations };
  });
}

async function anAllegation(
  add: (table: string, row: Row) => Promise<void>,
  key: DataKey,
  position: number,
  ground: string,
): Promise<string> {
  const id = randomUUID();
  await add('allegation', {
    id,
    ground,
    crime: 'invented',
    scope: 'refugeeStatus',
    template_version: 1,
    sealed: key.seal({ act: { what: 'an invented act' }, exculpatory: 'was threatened' }, place('allegation', id))
      .bytes,
    position,
    intended_to_stand: true,
    complete: true,
    exculpatory_assessed: true,
    below_responsibility: false,
    minor_at_act: false,
  });
  const finding = { allegation_id: id, element: 'act', finding: 'met' };
  await add('element_finding', {
    ...finding,
    sealed: key.seal({ reasons: 'said so' }, place('element_finding', id, 'act')).bytes,
  });
  return id;
}

async function insert(owner: pg.Client, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await owner.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
}
