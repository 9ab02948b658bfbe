import { sha256 } from '../platform/database/sealing.js';

/** The Merkle tree hash of RFC 6962, section 2.1: a leaf's hash begins with a zero byte, an inner node's with a one. */
export const leafHash = (data: Buffer): Buffer => sha256(Buffer.of(0), data);
export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** How many levels of the tree a tile spans: 256 hashes of one stored level make one hash of the next. */
export const TILE = 8;

/**
 * Reads `count` hashes of complete subtrees, from index `from` on, at a stored level: 0 (leaf hashes), 8, 16, ... A hash at
 * level L and index i covers the leaves from i * 2^L up to (i + 1) * 2^L, without that one.
 */
export type ReadHashes = (level: number, from: number, count: number) => Promise<Buffer[]>;

/** Hashes of a tree of which leaves and every eighth level are stored; the rest is worked out from them. */
export class MerkleTree {
  private readonly known = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly size: number,
    private readonly read: ReadHashes,
  ) {}

  /** The tree head of all leaves; SHA-256 of nothing for an empty tree. */
  root(): Promise<Buffer> {
    return this.size === 0 ? Promise.resolve(sha256()) : this.range(0, this.size);
  }

  /** The audit path of a leaf, from its neighbour up (RFC 6962, section 2.1.1). */
  async inclusion(leaf: number): Promise<Buffer[]> {
    if (leaf < 0 || leaf >= this.size) throw new RangeError(`the tree has no leaf ${leaf}`);
    const path: Buffer[] = [];
    let [begin, end] = [0, this.size];
    while (end - begin > 1) {
      const middle = begin + powerBelow(end - begin);
      path.unshift(leaf < middle ? await this.range(middle, end) : await this.range(begin, middle));
      if (leaf < middle) end = middle;
      else begin = middle;
    }
    return path;
  }

  /** Proves that a smaller tree is the beginning of this one (RFC 6962, section 2.1.2). */
  async consistency(smaller: number): Promise<Buffer[]> {
    if (smaller < 1 || smaller > this.size) throw new RangeError(`the tree has no beginning of ${smaller} leaves`);
    const proof: Buffer[] = [];
    let [begin, end] = [0, this.size];
    while (end > smaller) {
      const middle = begin + powerBelow(end - begin);
      proof.unshift(smaller <= middle ? await this.range(middle, end) : await this.range(begin, middle));
      if (smaller <= middle) end = middle;
      else begin = middle;
    }
    return begin === 0 ? proof : [await this.range(begin, end), ...proof];
  }

  private async range(begin: number, end: number): Promise<Buffer> {
    const count = end - begin;
    const level = Math.log2(count);
    if (Number.isInteger(level) && begin % count === 0) return this.complete(level, begin / count);
    const middle = begin + powerBelow(count);
    return nodeHash(await this.range(begin, middle), await this.range(middle, end));
  }

  private complete(level: number, index: number): Promise<Buffer> {
    const key = `${level} ${index}`;
    const known = this.known.get(key);
    if (known) return known;
    const stored = level - (level % TILE);
    const width = 2 ** (level - stored);
    const found = this.read(stored, index * width, width).then((hashes) => folded(hashes, width));
    this.known.set(key, found);
    return found;
  }
}

/** The hash above `width` (a power of two) hashes of one level. */
export function folded(hashes: readonly Buffer[], width = hashes.length): Buffer {
  if (hashes.length !== width) throw new Error(`the tree lacks ${width - hashes.length} of ${width} hashes`);
  let level = [...hashes];
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, at) => nodeHash(level[2 * at]!, level[2 * at + 1]!));
  return level[0]!;
}

/** Whether a path leads from a leaf's hash to the root of a tree of that size (RFC 9162, section 2.1.3.2). */
export function includes(leaf: Buffer, index: number, size: number, path: readonly Buffer[], root: Buffer): boolean {
  if (index < 0 || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/** Whether the second tree begins with the first (RFC 9162, section 2.1.4.2). */
export function beginsWith(
  first: { readonly size: number; readonly root: Buffer },
  second: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && first.root.equals(second.root);
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : [...proof];
  if (path.length === 0) return false;
  let [node, last] = [first.size - 1, second.size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [older, newer] = [path[0]!, path[0]!];
  for (const hash of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [older, newer] = [nodeHash(hash, older), nodeHash(hash, newer)];
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else newer = nodeHash(newer, hash);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && older.equals(first.root) && newer.equals(second.root);
}

const half = (n: number): number => Math.floor(n / 2);
const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** The largest power of two below n (n > 1). */
const powerBelow = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);
