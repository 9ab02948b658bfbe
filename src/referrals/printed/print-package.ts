import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Content } from '../../domain/referral/file.js';
import { printedPackage } from '../../domain/referral/printed-package.js';
import { instantInWords, PAGE_LANGUAGE } from '../../domain/referral/printed-values.js';
import { fonts } from './fonts.js';

/** Who is handed the copy: set across every page. */
export interface Watermark {
  readonly reader: string;
  readonly authority: string;
  /** ISO instant. */
  readonly at: string;
}

export interface PrintJob {
  /** Canonical JSON, as stored and sent. */
  readonly body: string;
  /** SHA-256 of the body in hex. */
  readonly sha256: string;
  readonly watermark: Watermark | null;
}

interface Compiler {
  readonly print: (data: object, createdAt: Date) => Buffer;
  readonly fonts: ReturnType<typeof fonts>;
}

let compiler: Compiler | undefined;

/** The package as a tagged PDF (PDF/UA-1): the same bytes for the same job, whenever and wherever it is printed. */
export function printPackage({ body, sha256, watermark }: PrintJob): Uint8Array {
  compiler ??= aCompiler();
  const content = JSON.parse(body) as Content & {
    kind: string;
    referralId: string;
    caseReference: string;
    createdAt: string;
  };
  const { kind, referralId, caseReference, createdAt } = content;
  const handling = (content['handling'] as { text?: string } | undefined)?.text ?? '';
  const at = watermark && (instantInWords(watermark.at) ?? watermark.at);
  const data = {
    title: `Referral to a prosecuting authority: ${kind}`,
    reference: `Case ${caseReference}`,
    referralId: `Referral ${referralId}`,
    lead:
      `This shows the signed package with the SHA-256 ${sha256}. Where the two differ, the package prevails. ` +
      'What is not shown is empty in the package; ids stand in the annex.',
    handling,
    foot: 'No onward transfer without our written leave. Never to a country of nationality or former residence, its missions or its INTERPOL bureau.',
    watermark: watermark && `Copy of ${watermark.reader}, ${watermark.authority}, ${at}`,
    'watermark-short': watermark && `${watermark.reader} · ${at}`,
    lang: PAGE_LANGUAGE,
    fonts: compiler.fonts.names,
    ...printedPackage(content, compiler.fonts.covers),
  };
  return compiler.print(data, new Date(createdAt));
}

function aCompiler(): Compiler {
  const loaded = fonts();
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const mainFileContent = readFileSync(new URL('package.typ', import.meta.url), 'utf8');
  const typst = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontBlobs: [...loaded.files] }] });
  const print = (data: object, createdAt: Date): Buffer => {
    const inputs = { data: JSON.stringify(data) };
    const options = { pdfStandard: 'ua-1', creationTimestamp: Math.floor(createdAt.getTime() / 1_000) };
    try {
      return typst.pdf({ mainFileContent, inputs }, options);
    } finally {
      typst.evictCache(0); // nothing of a package stays in memory
    }
  };
  return { print, fonts: loaded };
}
