import { describe, expect, it } from '@jest/globals';
import fc from '../../test/support/properties.js';
import { beginsWith, folded, includes, leafHash, MerkleTree, nodeHash, type ReadHashes, TILE } from './merkle.js';
import { sha256 } from '../platform/database/sealing.js';

/** The definition of RFC 6962, section 2.1, word for word. */
function definition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leafHash(leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

/** Stores leaves and every eighth level, as the database does. */
function stored(leaves: readonly Buffer[]): ReadHashes {
  const levels = [leaves.map(leafHash)];
  for (let below = levels[0]!; below.length >= 2 ** TILE; below = levels.at(-1)!) {
    const tiles = Math.floor(below.length / 2 ** TILE);
    levels.push(Array.from({ length: tiles }, (_, at) => folded(below.slice(at * 256, (at + 1) * 256))));
  }
  return (level, from, count) => Promise.resolve((levels[level / TILE] ?? []).slice(from, from + count));
}

const leavesOf = (count: number): Buffer[] => Array.from({ length: count }, (_, n) => sha256(`record ${n}`));

describe('the Merkle tree', () => {
  // The vectors that certificate-transparency implementations share (leaves "", 00, 10, 2021, ...).
  const known = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) => Buffer.from(hex, 'hex'));

  it.each([
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('of %i known leaves has the root that others have', async (size, root) => {
    const leaves = known.slice(0, size);
    expect((await new MerkleTree(size, stored(leaves)).root()).toString('hex')).toBe(root);
  });

  it.each([0, 1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_537])('of %i leaves is the one defined', async (size) => {
    const leaves = leavesOf(size);
    expect(await new MerkleTree(size, stored(leaves)).root()).toEqual(definition(leaves));
  });

  const trees = fc.integer({ min: 1, max: 700 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

  it('proves every leaf, and nothing else with the same path', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async ([size, index]) => {
        const leaves = leavesOf(size);
        const tree = new MerkleTree(size, stored(leaves));
        const [path, root] = [await tree.inclusion(index), await tree.root()];
        const leaf = leafHash(leaves[index]!);
        expect(includes(leaf, index, size, path, root)).toBe(true);
        expect(includes(leafHash(Buffer.from('another')), index, size, path, root)).toBe(false);
        expect(includes(leaf, (index + 1) % size, size, path, root)).toBe(size === 1);
        if (path.length > 0) expect(includes(leaf, index, size, path.slice(1), root)).toBe(false);
        expect(includes(leaf, index, size, [...path, root], root)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('proves every beginning, and no tree in which an early leaf was changed', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async ([size, before]) => {
        const leaves = leavesOf(size);
        const smaller = before + 1;
        const first = { size: smaller, root: definition(leaves.slice(0, smaller)) };
        const tree = new MerkleTree(size, stored(leaves));
        const second = { size, root: await tree.root() };
        const proof = await tree.consistency(smaller);
        expect(beginsWith(first, second, proof)).toBe(true);
        const forged = [sha256('forged'), ...leaves.slice(1)];
        const other = { size, root: definition(forged) };
        const otherProof = await new MerkleTree(size, stored(forged)).consistency(smaller);
        expect(beginsWith(first, other, otherProof)).toBe(false);
        expect(beginsWith(first, other, proof)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('says when a hash it needs is not stored', async () => {
    const short: ReadHashes = () => Promise.resolve([]);
    await expect(new MerkleTree(4, short).root()).rejects.toThrow('the tree lacks 4 of 4 hashes');
    await expect(new MerkleTree(4, short).inclusion(4)).rejects.toThrow('the tree has no leaf 4');
  });
});
