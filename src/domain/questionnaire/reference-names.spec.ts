import { expect, it } from '@jest/globals';
import { readPackFolder } from '../../questionnaires/pack-files.js';
import type { QuestionNode } from './plan.js';
import { nameOf } from './reference-names.js';
import { valueInWords } from './value-words.js';

it.each([
  ['its Arabic name before the main one', 'Branch 251', ['al-Khatib', 'الفرع 251'], 'ar', 'الفرع 251 (Branch 251)'],
  ['the first of several', 'Branch 227', ['فرع المنطقة', 'فرع 227'], 'ar', 'فرع المنطقة (Branch 227)'],
  ['no Kurdish name to readers of Arabic', 'Peshmerga', ['پێشمەرگە', 'البيشمركة'], 'ar', 'البيشمركة (Peshmerga)'],
  ['the main name where no alias is Arabic', 'Parastin', ['پاراستن', '251'], 'ar', 'Parastin'],
  ['the main name to readers of another language', 'Branch 251', ['الفرع 251'], 'fr', 'Branch 251'],
  ['an Arabic main name alone', 'الفرع 251', ['فرع الخطيب'], 'ar', 'الفرع 251'],
])('shows %s', (_what, name, aliases, language, shown) => {
  expect(nameOf({ name, aliases }, language)).toBe(shown);
});

it('shows the name of an entry that has no alias', () => {
  expect(nameOf({ name: 'Military police' }, 'ar')).toBe('Military police');
});

it('says an answer from the reference data of Syria in Arabic where the interview is held in Arabic', () => {
  const plan = readPackFolder('questionnaires/SY', 'questionnaires').plans.find(({ id }) => id === 'SY-exclusion')!;
  const asked = plan.nodes.find((node) => node.kind === 'question' && node.type === 'organisation') as QuestionNode;
  const said = (language: string) => valueInWords(plan, asked, { value: { ref: 'republicanGuard' } }, String, language);
  expect([said('en'), said('ar')]).toEqual(['Republican Guard', 'الحرس الجمهوري (Republican Guard)']);
});
