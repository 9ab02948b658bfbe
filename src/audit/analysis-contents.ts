import { canonical, type DataKey } from '../platform/database/sealing.js';
import { sourceRefOf } from '../platform/database/source-ref.js';
import type { Findings } from './audit-findings.js';
import type { OpenedRow, SealedFile } from './sealed-file.js';
import { listOf, same, type Words, wordsOf } from './words.js';

/** The analysis is the last edit of each allegation, with every element found and what it rests on. */
export function verifyAnalysis(
  file: SealedFile,
  key: DataKey,
  edits: ReadonlyMap<string, Words>,
  findings: Findings,
): void {
  const there = new Set([...file.all('allegation').map(({ id }) => id), ...file.brokenIn('allegation')]);
  for (const id of edits.keys())
    if (!there.has(id))
      findings.add('rowMissing', `allegation/${id}`, 'its edits tell of it, and no command deletes one');
  for (const row of file.all('allegation')) {
    const said = edits.get(row.id);
    if (!said) findings.add('rowInserted', `allegation/${row.id}`, 'no event tells of it');
    else if (!same(asStored(file, row), asSaid(wordsOf(said['content']), key)) || !isAssessedAs(row, said['assessed']))
      findings.add('rowChanged', `allegation/${row.id}`, 'it is not what its last edit tells');
  }
}

/**
 * What the guards ask of it, as its edit assessed it (one of an earlier release does not say); a corrected birth date only ever makes
 * it incomplete. No command takes an allegation back.
 */
function isAssessedAs({ columns }: OpenedRow, assessed: unknown): boolean {
  if (columns['withdrawn_at'] !== null) return false;
  if (assessed === undefined) return true;
  const said = wordsOf(assessed);
  return (
    columns['template_version'] === said['templateVersion'] &&
    columns['exculpatory_assessed'] === said['exculpatoryAssessed'] &&
    columns['below_responsibility'] === said['belowResponsibility'] &&
    columns['minor_at_act'] === said['minorAtAct'] &&
    (columns['complete'] === said['complete'] || columns['complete'] === false)
  );
}

const asSaid = (said: Words, key: DataKey): unknown => ({
  ground: said['ground'],
  crime: said['crime'],
  scope: said['scope'],
  stands: said['intendedToStand'],
  act: said['act'],
  country: wordsOf(said['act'])['country'] ?? null,
  exculpatory: said['exculpatory'] ?? null,
  elements: listOf(said['elements'])
    .map(({ element, finding, reasons }) => canonical([element, finding, reasons]))
    .sort(),
  evidence: listOf(said['elements'])
    .flatMap(({ element, evidence }) =>
      listOf(evidence).map(({ kind, ref, exculpatory }) => {
        const stored = sourceRefOf(key, String(kind), String(ref));
        return canonical([element, kind, stored, exculpatory, stored === ref ? null : { ref }]);
      }),
    )
    .sort(),
});

function asStored(file: SealedFile, { id, columns, content }: OpenedRow): unknown {
  const own = (table: string) => file.all(table).filter((one) => one.columns['allegation_id'] === id);
  return {
    ground: columns['ground'],
    crime: columns['crime'],
    scope: columns['scope'],
    stands: columns['intended_to_stand'],
    act: wordsOf(content)['act'],
    country: columns['act_country'],
    exculpatory: wordsOf(content)['exculpatory'] ?? null,
    elements: own('element_finding')
      .map((one) => canonical([one.columns['element'], one.columns['finding'], wordsOf(one.content)['reasons']]))
      .sort(),
    evidence: own('evidence')
      .map(({ columns: one, content: cited }) =>
        canonical([one['element'], one['source_kind'], one['source_ref'], one['exculpatory'], cited]),
      )
      .sort(),
  };
}
