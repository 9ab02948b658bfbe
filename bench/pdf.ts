/**
 * A package of twenty pages as a tagged PDF, as the portal prints it (in its thread): the first one, when thread, compiler and fonts
 * start, and those after it. Beside it the same words as a plain paragraph each block, untagged, by the same compiler: what setting them costs at least.
 * Run: npm run bench:pdf [-- --json] [--rounds=7] [--answers=70]
 */
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { printedPackage } from '../src/domain/referral/printed-package.js';
import type { Content } from '../src/domain/referral/file.js';
import { fonts } from '../src/referrals/printed/fonts.js';
import { PrintedPackagesService } from '../src/referrals/printed/printed-packages.service.js';
import { longPackage } from './support/long-package.js';
import { highest, lowest, median, rounded } from './support/statistics.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    answers: { type: 'string', default: '70' },
  },
});
const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly pdf: Buffer;
}

async function measured(work: () => Uint8Array | Promise<Uint8Array>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const pdf = Buffer.from(await work());
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu); // of all threads
  return { wallMs, cpuMs: (user + system) / 1000, pdf };
}

const pagesOf = (pdf: Buffer): number => (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;

/** Every text that the blocks hold. */
const wordsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : [];
};

function plainPeer(body: string): () => Uint8Array {
  const loaded = fonts();
  const typst = NodeCompiler.create({ fontArgs: [{ fontBlobs: [...loaded.files] }] });
  const { summary, parts, annex } = printedPackage(JSON.parse(body) as Content, loaded.covers);
  const paragraphs = [...summary, ...parts, ...annex].map((block) => wordsOf(block).join(' '));
  const inputs = { words: JSON.stringify(paragraphs) };
  const mainFileContent = `#set text(font: "Noto Sans", size: 9pt, fallback: false)
#for said in json(bytes(sys.inputs.words)) [#par(said)]`;
  return () => {
    const pdf = typst.pdf({ mainFileContent, inputs }, { pdfTags: false });
    typst.evictCache(0);
    return pdf;
  };
}

const body = longPackage(Number(options.answers));
const sha256 = createHash('sha256').update(body).digest('hex');
const watermark = { reader: 'Ada Example', authority: 'Example Office', at: '2026-11-21T08:00:00.000Z' };
const printed = new PrintedPackagesService();
const peer = plainPeer(body);
const print = () => measured(() => printed.print({ body, sha256, watermark }));
const cold = await print();
const plainCold = await measured(peer);
const warm: Measured[] = [];
const plain: Measured[] = [];
for (let n = 0; n < Math.max(3, Number(options.rounds)); n++) {
  warm.push(await print());
  plain.push(await measured(peer));
}
await printed.onApplicationShutdown();
if (warm.some(({ pdf }) => !pdf.equals(cold.pdf))) throw new Error('the same package gave other bytes');
const ratios = warm.map(({ cpuMs }, n) => cpuMs / (plain[n]?.cpuMs ?? NaN));
const result = rounded({
  pages: pagesOf(cold.pdf),
  bytes: cold.pdf.length,
  packageBytes: Buffer.byteLength(body),
  coldMs: cold.wallMs,
  coldCpuMs: cold.cpuMs,
  warmMs: median(warm.map(({ wallMs }) => wallMs)),
  warmMsLowest: lowest(warm.map(({ wallMs }) => wallMs)),
  warmCpuMs: median(warm.map(({ cpuMs }) => cpuMs)),
  plainPages: pagesOf(plainCold.pdf),
  plainCpuMs: median(plain.map(({ cpuMs }) => cpuMs)),
  cpuRatioToPlain: median(ratios),
  cpuRatioLowest: lowest(ratios),
  cpuRatioHighest: highest(ratios),
  node: process.versions.node,
});
if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else for (const [name, value] of Object.entries(result)) say(`${name.padEnd(18)} ${value}`);
