import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { fonts } from './fonts.js';
import { printPackage } from './print-package.js';

const aPackage = (said: string): string =>
  JSON.stringify({
    format: 'f1-referral/2',
    kind: 'exclusion',
    referralId: '50efd188-69be-5d2e-9aa5-13703e8d45ea',
    caseReference: 'F1-2026-000001',
    createdAt: '2026-11-20T10:00:00.000Z',
    handling: { text: 'For the acts described only.' },
    facts: { interviews: [{ words: { original: said } }] },
    exculpatory: {},
    manifest: { parts: { facts: 'f', exculpatory: 'e' } },
  });

const job = (said: string, reader: string | null = null) => {
  const body = aPackage(said);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const watermark = reader === null ? null : { reader, authority: 'Example Office', at: '2026-11-21T08:00:00.000Z' };
  return { body, sha256, watermark };
};

const latin1 = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1');

describe('a package as a PDF', () => {
  it('is tagged, titled and made for readers who cannot see it (PDF/UA-1)', () => {
    const pdf = latin1(printPackage(job('He was there.')));
    expect(pdf).toMatch(/^%PDF-1\.7/);
    expect(pdf).toContain('/StructTreeRoot');
    expect(pdf).toContain('/Marked true');
    expect(pdf).toContain('<pdfuaid:part>1</pdfuaid:part>');
    expect(pdf).toContain('Referral to a prosecuting authority: exclusion');
  });

  it('is the same bytes for the same job, and others for another reader', () => {
    const print = (reader: string) => Buffer.from(printPackage(job('He was there.', reader)));
    const first = print('Ada Example');
    printPackage(job('Something else.'));
    expect(print('Ada Example').equals(first)).toBe(true);
    expect(print('Bob Example').equals(first)).toBe(false);
  });

  it.each([
    ['Arabic', 'Vazirmatn-Regular', 'كنت في المدينة سنة 2015 (الفرع 215) أ ؤ ئ ة ى ً ٌ ٍ َ ُ ِ ّ ْ ٠١٢٣٤٥٦٧٨٩ ، ؛ ؟'],
    ['Dari', 'Vazirmatn-Regular', 'پ چ ژ ک گ ی ۀ ۰۱۲۳۴۵۶۷۸۹ در سال ۱۳۷۲ در کابل بودم و می‌رفتم.'],
    ['Tigrinya', 'NotoSansEthiopic-Regular', 'ኣብ ሳዋ ን 18 ወርሒ ነይረ። ቐ ሸ ቸ ኘ ዀ ዠ ጐ ጨ ጸ ፀ ፣ ፤ ፧'],
    ['Latin', 'NotoSans-Regular', 'Éloïse Müller-Łukasz Şahin Đorđević ő ñ ß æ ø ǧ ḥ ṣ ā ʿ ʾ'],
  ])('has a picture of every letter of %s', (_, font, said) => {
    const { covers } = fonts();
    expect([...said].filter((letter) => !covers(letter.codePointAt(0)!))).toEqual([]);
    expect(latin1(printPackage(job(said)))).toMatch(new RegExp(`/BaseFont\\s*/[A-Z]{6}\\+${font}`));
  });

  it.each([
    ['Arabic', 'كنت في المدينة سنة 2015 مع 30 شخصا (الفرع 215).'],
    ['Dari', 'من در سال ۱۳۷۲ در کابل بودم و می‌رفتم.'],
    ['Tigrinya', 'ኣብ ሳዋ ን 18 ወርሒ ነይረ።'],
    ['Tamil', 'நான் 1990ல் மட்டக்களப்பில் இருந்தேன்.'],
    ['Sinhala', 'මම 2009 දී වව්නියාවේ සිටියෙමි.'],
    ['Burmese', 'ကျွန်တော် ၂၀၁၇ ခုနှစ်က မောင်တောမှာ ရှိခဲ့တယ်။'],
    ['Cyrillic', 'Я был в Буче в 2022 году.'],
    ['markup', '#let x = 1; #read("/etc/passwd") $a_b$ \\ ] `code` *b* @ref <l> // /* ~'],
    ['what the fonts have no picture of', '😀 漢字 \u0000 \u202e \ud800 \u2028'],
    ['a word without end', 'x'.repeat(5_000)],
    ['many lines', 'line\n'.repeat(2_000)],
  ])('can be set in %s', (_, said) => {
    expect(latin1(printPackage(job(said)))).toMatch(/%%EOF\s*$/);
  });
});
