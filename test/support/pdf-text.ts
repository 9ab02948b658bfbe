import { inflateSync } from 'node:zlib';

/**
 * What somebody can copy out of a PDF that Typst made: every string shown, by the letters that its font says its glyphs stand for,
 * and every replacement text. Lines and hyphens are those of the page.
 */
export function textOfPdf(pdf: Uint8Array): string {
  const objects = objectsOf(Buffer.from(pdf).toString('latin1'));
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\s/.test(head));
  if (pages.length === 0) throw new Error('no page was found: this is no PDF that can be read here');
  return pages.map((page) => textOfPage(page.head, objects)).join('\n');
}

interface Part {
  readonly head: string;
  readonly content: string;
}

type Parts = ReadonlyMap<string, Part>;

function objectsOf(pdf: string): Parts {
  const found = new Map<string, Part>();
  for (const [, id, body] of pdf.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g)) {
    const at = /\bstream\r?\n/.exec(body!);
    const head = at ? body!.slice(0, at.index) : body!;
    const raw = at ? body!.slice(at.index + at[0].length, at.index + at[0].length + lengthOf(head)) : '';
    const packed = head.includes('/FlateDecode');
    found.set(id!, { head, content: packed ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1') : raw });
  }
  return found;
}

const lengthOf = (head: string): number => Number(/\/Length (\d+)/.exec(head)![1]);

function part(objects: Parts, head: string, name: string): Part {
  const found = objects.get(new RegExp(`/${name} (\\d+) 0 R`).exec(head)?.[1] ?? '');
  if (!found) throw new Error(`a part of the PDF has no ${name}`);
  return found;
}

function textOfPage(page: string, objects: Parts): string {
  const fonts = new Map<string, ReadonlyMap<number, string>>();
  for (const [, name, id] of (/\/Font <<([\s\S]*?)>>/.exec(page)?.[1] ?? '').matchAll(/\/(\w+) (\d+) 0 R/g))
    fonts.set(name!, lettersOf(part(objects, objects.get(id!)!.head, 'ToUnicode').content));
  return shown(part(objects, page, 'Contents').content, fonts);
}

/** The ToUnicode map of a font: which letters each glyph stands for. */
function lettersOf(map: string): ReadonlyMap<number, string> {
  const letters = new Map<number, string>();
  for (const [, block] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, glyph, text] of block!.matchAll(/<(\w+)>\s*<(\w*)>/g))
      letters.set(parseInt(glyph!, 16), utf16(text!));
  if (letters.size === 0 || map.includes('beginbfrange'))
    throw new Error('a font of the PDF maps its glyphs otherwise');
  return letters;
}

const utf16 = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');

function shown(content: string, fonts: ReadonlyMap<string, ReadonlyMap<number, string>>): string {
  let font: ReadonlyMap<number, string> | undefined;
  let text = '';
  for (let at = 0; at < content.length; at++) {
    const rest = content.slice(at, at + 40);
    const chosen = /^\/(\w+) [\d.]+ Tf/.exec(rest);
    if (chosen) font = fonts.get(chosen[1]!);
    if (/^(?:ET|BT|T\*|Td|Tm)\s/.test(rest)) text += '\n';
    const [bytes, length] =
      content[at] === '(' ? literal(content, at) : content[at] === '<' ? hexadecimal(content, at) : [null, 1];
    at += length - 1;
    if (bytes !== null) text += said(bytes, font);
  }
  return text;
}

function said(bytes: Buffer, font: ReadonlyMap<number, string> | undefined): string {
  if (bytes.length >= 2 && bytes.readUInt16BE(0) === 0xfeff) return utf16(bytes.subarray(2).toString('hex'));
  if (!font || bytes.length % 2 > 0) return bytes.toString('latin1');
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) text += font.get(bytes.readUInt16BE(at)) ?? '\ufffd';
  return text;
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** `(...)`, in which brackets may nest: its bytes and how long it stands. */
function literal(content: string, from: number): [Buffer, number] {
  let bytes = '';
  let depth = 1;
  let at = from + 1;
  for (; ; at++) {
    const sign = content[at];
    if (sign === undefined) throw new Error('a string of the PDF does not end');
    if (sign === '\\') {
      const octal = /^[0-7]{1,3}/.exec(content.slice(at + 1, at + 4))?.[0];
      bytes += octal ? String.fromCharCode(parseInt(octal, 8)) : (ESCAPED[content[at + 1]!] ?? content[at + 1]!);
      at += octal?.length ?? 1;
      continue;
    }
    if (sign === '(') depth++;
    if (sign === ')' && --depth === 0) break;
    bytes += sign;
  }
  return [Buffer.from(bytes, 'latin1'), at + 1 - from];
}

/** `<...>`; null for the start of a dictionary. */
function hexadecimal(content: string, from: number): [Buffer | null, number] {
  if (content[from + 1] === '<') return [null, 2];
  const end = content.indexOf('>', from);
  return [Buffer.from(content.slice(from + 1, end), 'hex'), end + 1 - from];
}
