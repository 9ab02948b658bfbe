import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomBytes, randomFillSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/platform/config/config.js';
import { SealBroken } from '../../src/platform/keys/aead.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { MasterKeyAway } from '../../src/platform/keys/master-key.js';
import type { Cryptoki, Pkcs11 } from '../../src/platform/keys/pkcs11/library.js';
import { makeTokenKey } from '../../src/platform/keys/pkcs11/token-master-keys.js';
import { Token } from '../../src/platform/keys/pkcs11/token.js';
import { describeWithSoftHsm, TestToken } from '../support/softhsm.js';

const DATA_KEY = Buffer.alloc(32, 7);

/** The library, with some of the module's calls answered otherwise. */
function but(library: Pkcs11, calls: (real: Cryptoki) => Partial<Cryptoki>): Pkcs11 {
  const PKCS11 = function () {
    const real = new library.PKCS11();
    const instead = calls(real) as Record<string | symbol, unknown>;
    const own = real as unknown as Record<string | symbol, (...args: unknown[]) => unknown>;
    return new Proxy(real, { get: (_, name) => instead[name] ?? own[name]!.bind(real) });
  } as unknown as Pkcs11['PKCS11'];
  return { ...library, PKCS11 };
}
const problemsOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.join('\n');
  }
  throw new Error('nothing was refused');
};

/** Until it fails no more; a module that was away is left alone for a moment. */
async function eventually(work: () => void): Promise<void> {
  for (const end = Date.now() + 20_000; ;) {
    try {
      return work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

describeWithSoftHsm('a master key in a hardware module', () => {
  let token: TestToken;
  beforeAll(() => {
    token = new TestToken();
    makeTokenKey(token.config('first'));
  });
  afterAll(() => rmSync(token.folder, { recursive: true, force: true }));
  const master = (key = 'first') => keysFrom(token.config(key)).master;

  it('wraps and unwraps in the module, each time differently, bound to its place', () => {
    const { wrap, unwrap, kept } = master();
    const [once, again] = [wrap(DATA_KEY, 'key:a'), wrap(DATA_KEY, 'key:a')];
    expect(once).not.toEqual(again);
    expect([unwrap(once, 'key:a'), unwrap(again, 'key:a')]).toEqual([DATA_KEY, DATA_KEY]);
    expect(() => unwrap(once, 'key:b')).toThrow(SealBroken);
    for (const at of [0, 5, 20, once.length - 1]) {
      const changed = Buffer.from(once);
      changed[at]! ^= 1;
      expect(() => unwrap(changed, 'key:a')).toThrow(SealBroken);
    }
    expect(() => unwrap(once.subarray(0, 12), 'key:a')).toThrow(SealBroken);
    expect(kept).toBe(`in a hardware module, key "first" on the token "${token.label}"`);
  });

  it('is made so that it cannot be taken out, and once', () => {
    expect(new Token(token.library, token.place).keys('first')).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{16}$/), label: 'first', opens: true, unfit: undefined },
    ]);
    expect(problemsOf(() => makeTokenKey(token.config('first')))).toMatch(/^F1_PKCS11_KEY: there is .* already/);
    expect(problemsOf(() => makeTokenKey(token.config(undefined)))).toMatch(/^F1_PKCS11_KEY is not set/);
  });

  it('keeps its id, and one made anew under its name and CKA_ID has another', () => {
    const id = Buffer.from('invented id');
    token.makeKey({ label: 'renewed', id });
    const before = master('renewed').id;
    expect(master('renewed').id).toBe(before);
    token.removeKeys('renewed');
    token.makeKey({ label: 'renewed', id });
    expect(master('renewed').id).not.toBe(before);
  });

  it.each([
    ['extractable', { attributes: { CKA_EXTRACTABLE: true } }, /can be taken out/],
    ['readable', { attributes: { CKA_SENSITIVE: false } }, /can be taken out/],
    ['too short', { bytes: 16 }, /no key of 256 bits for AES/],
    ['of another kind', { type: 'CKM_DES3_KEY_GEN' as const }, /no key of 256 bits for AES/],
    ['for opening alone', { attributes: { CKA_ENCRYPT: false } }, /may not both encrypt and decrypt/],
  ])('is refused when it is %s', (label, wanted, message) => {
    token.makeKey({ label, ...wanted });
    expect(problemsOf(() => master(label))).toMatch(message);
    expect(problemsOf(() => master(label))).toMatch(/^F1_PKCS11_KEY: /);
  });

  it('is refused when it is not there, and when two keys have its name', () => {
    expect(problemsOf(() => master('none'))).toMatch(/^F1_PKCS11_KEY: .*"none".* is not there; "f1 keys make"/);
    token.makeKey({ label: 'twice' });
    token.makeKey({ label: 'twice' });
    expect(problemsOf(() => master('twice'))).toMatch(/^F1_PKCS11_KEY: there is more than one key labelled "twice"/);
  });

  it('names what is wrong with the module and the token', () => {
    const at = (more: object) => problemsOf(() => new Token(token.library, { ...token.place, ...more }));
    expect(at({ module: '/nowhere/module.so' })).toMatch(/^F1_PKCS11_MODULE: .*cannot be loaded .*No such file/);
    const text = join(token.folder, 'no-module.so');
    writeFileSync(text, 'invented');
    expect(at({ module: text })).toMatch(/^F1_PKCS11_MODULE: /);
    expect(at({ token: 'another' })).toMatch(
      new RegExp(`^F1_PKCS11_TOKEN: .*no token labelled "another"; it has: .*"${token.label}"`),
    );
    expect(at({ pinFile: '/nowhere/pin' })).toMatch(/^F1_PKCS11_PIN_FILE: .*cannot be read \(ENOENT\)/);
  });

  it('finds keys of several tokens of one module, in one process', () => {
    const other = new TestToken();
    makeTokenKey(other.config('first'));
    const [here, there] = [master(), keysFrom(other.config('first')).master];
    const wrapped = there.wrap(DATA_KEY, 'key:a');
    expect(here.id).not.toBe(there.id);
    expect(() => here.unwrap(wrapped, 'key:a')).toThrow(SealBroken);
    expect(there.unwrap(wrapped, 'key:a')).toEqual(DATA_KEY);
    rmSync(other.folder, { recursive: true });
  });

  it('opens with the other keys of its token, also with those made meanwhile', () => {
    const keys = keysFrom(token.config('first'));
    makeTokenKey(token.config('later'));
    const wrapped = master('later').wrap(DATA_KEY, 'key:a');
    expect(() => keys.master.unwrap(wrapped, 'key:a')).toThrow(SealBroken);
    const later = keys.otherMasters().find(({ kept }) => kept.includes('"later"'));
    expect(later?.unwrap(wrapped, 'key:a')).toEqual(DATA_KEY);
    expect(keys.otherMasters().some(({ id }) => id === keys.master.id)).toBe(false);
  });

  it('opens what it wrapped where another place wraps, and then wraps nothing', () => {
    const wrapped = master().wrap(DATA_KEY, 'key:a');
    const moved = keysFrom(token.config(undefined, { F1_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') }));
    expect(moved.master.kept).toContain('F1_MASTER_KEY');
    expect(() => moved.master.unwrap(wrapped, 'key:a')).toThrow(SealBroken);
    const first = moved.otherMasters().find(({ kept }) => kept.includes('"first"'));
    expect(first?.unwrap(wrapped, 'key:a')).toEqual(DATA_KEY);
  });
});

describeWithSoftHsm('the pin of a hardware module', () => {
  let token: TestToken;
  let logins: number;
  beforeEach(() => {
    token = new TestToken();
    logins = 0;
  });
  afterEach(() => rmSync(token.folder, { recursive: true, force: true }));
  const counted = () =>
    but(token.library, (real) => ({
      C_Login: (...given) => {
        logins++;
        real.C_Login(...given);
      },
    }));

  it('is refused when wrong, with a warning that pins lock', () => {
    token.writePin('another');
    expect(problemsOf(() => new Token(counted(), token.place))).toMatch(
      /^F1_PKCS11_PIN_FILE: .* is wrong \(CKR_PIN_INCORRECT\).*locks its pin after a few wrong ones/,
    );
    token.writePin('');
    expect(problemsOf(() => new Token(counted(), token.place))).toMatch(/^F1_PKCS11_PIN_FILE: .* is empty/);
    expect(logins).toBe(1);
  });

  it.each([
    ['CKF_USER_PIN_FINAL_TRY', /next wrong pin locks it, so none is tried/],
    ['CKF_USER_PIN_LOCKED', /locked after too many/],
  ])('is not tried on a token that says %s', (flag, message) => {
    const saying = but(counted(), (real) => ({
      C_GetTokenInfo: (slot) => {
        const info = real.C_GetTokenInfo(slot);
        return { ...info, flags: info.flags | token.library[flag]! };
      },
    }));
    expect(problemsOf(() => new Token(saying, token.place))).toMatch(message);
    expect(logins).toBe(0);
  });

  it('is tried once when it was changed while a process was running, and again when the file is another', async () => {
    const inUse = new Token(counted(), token.place);
    inUse.makeKey('first');
    const { id } = inUse.keys('first')[0]!;
    token.writePin('another');
    token.loseSessions();
    expect(() => inUse.check(id)).toThrow(
      expect.objectContaining({ reason: expect.stringContaining('is wrong') }) as never,
    );
    await eventually(() =>
      expect(() => inUse.check(id)).toThrow(
        expect.objectContaining({ reason: expect.stringContaining('is not tried again') }) as never,
      ),
    );
    expect(logins).toBe(2);
    token.writePin('invented-pin');
    await eventually(() => inUse.check(id));
  });
});

describeWithSoftHsm('a hardware module that loses its session', () => {
  let token: TestToken;
  let inUse: Token;
  let id: string;
  let opened: number;
  let wraps: number;
  let answer: string | undefined;
  /** Of the next decryption alone. */
  let onceSaid: string | undefined;
  const failing = () =>
    but(token.library, (real) => ({
      C_OpenSession: (...given) => {
        opened++;
        return real.C_OpenSession(...given);
      },
      C_EncryptInit: (...given) => {
        wraps++;
        real.C_EncryptInit(...given);
      },
      C_DecryptInit: (...given) => {
        if (answer !== undefined) throw new Error(answer);
        const said = onceSaid;
        onceSaid = undefined;
        if (said !== undefined) throw new Error(said);
        real.C_DecryptInit(...given);
      },
    }));
  beforeEach(() => {
    token = new TestToken();
    token.makeKey({ label: 'first' });
    answer = onceSaid = undefined;
    [opened, wraps] = [0, 0];
    inUse = new Token(failing(), token.place);
    id = inUse.keys('first')[0]!.id;
  });
  afterEach(() => rmSync(token.folder, { recursive: true, force: true }));

  it('is logged in once for all it does', () => {
    for (let n = 0; n < 20; n++) inUse.decrypt(id, inUse.encrypt(id, DATA_KEY, 'key:a'), 'key:a');
    expect(opened).toBe(1);
  });

  it('is asked whether it works without wrapping more and more, and notices that it does not', () => {
    for (let n = 0; n < 20; n++) inUse.check(id);
    expect(wraps).toBe(1);
    answer = 'CKR_GENERAL_ERROR';
    expect(() => inUse.check(id)).toThrow(MasterKeyAway);
  });

  it('is opened anew, once, and goes on', () => {
    const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
    token.loseSessions();
    expect(inUse.decrypt(id, wrapped, 'key:a')).toEqual(DATA_KEY);
    expect(opened).toBe(2);
    token.loseSessions();
    expect(inUse.encrypt(id, DATA_KEY, 'key:a')).not.toEqual(wrapped);
    expect(opened).toBe(3);
  });

  it('leaves another token of its module whole', () => {
    const other = new TestToken();
    other.makeKey({ label: 'first' });
    const beside = new Token(other.library, other.place);
    const key = beside.keys('first')[0]!.id;
    const wrapped = beside.encrypt(key, DATA_KEY, 'key:a');
    token.loseSessions();
    inUse.check(id); // its sessions now have the numbers that those of the other token had
    expect(beside.decrypt(key, wrapped, 'key:a')).toEqual(DATA_KEY);
    expect(() => inUse.decrypt(id, wrapped, 'key:a')).toThrow(SealBroken);
    rmSync(other.folder, { recursive: true });
  });

  it.each(['CKR_DEVICE_REMOVED', 'CKR_USER_NOT_LOGGED_IN', 'CKR_SESSION_HANDLE_INVALID'])(
    'is away when it still answers %s, which is no broken seal, and comes back',
    async (said) => {
      const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
      answer = said;
      const away = expect.objectContaining({ code: 'unavailable', reason: expect.stringContaining(said) });
      expect(() => inUse.decrypt(id, wrapped, 'key:a')).toThrow(MasterKeyAway);
      expect(opened).toBe(2);
      expect(() => inUse.check(id)).toThrow(away as never);
      answer = undefined;
      await eventually(() => inUse.check(id));
      expect(inUse.decrypt(id, wrapped, 'key:a')).toEqual(DATA_KEY);
    },
  );

  it('which fails in a way of its own is away too, and not the bytes at fault', () => {
    const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
    answer = 'CKR_GENERAL_ERROR';
    expect(() => inUse.decrypt(id, wrapped, 'key:a')).toThrow(MasterKeyAway);
  });

  it.each(['CKR_FUNCTION_FAILED', 'CKR_HOST_MEMORY', 'CKR_DEVICE_MEMORY', 'CKR_ARGUMENTS_BAD'])(
    'which answers %s once is away for once, though it works again when asked',
    (said) => {
      const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
      onceSaid = said;
      expect(() => inUse.decrypt(id, wrapped, 'key:a')).toThrow(
        expect.objectContaining({ code: 'unavailable', reason: expect.stringContaining(said) }) as never,
      );
      expect(inUse.decrypt(id, wrapped, 'key:a')).toEqual(DATA_KEY);
    },
  );

  it('which fails once in a way of its own is asked again, and opens what is whole', () => {
    const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
    onceSaid = 'CKR_GENERAL_ERROR';
    expect(inUse.decrypt(id, wrapped, 'key:a')).toEqual(DATA_KEY);
    const changed = Buffer.from(wrapped);
    changed[20]! ^= 1;
    expect(() => inUse.decrypt(id, changed, 'key:a')).toThrow(SealBroken);
    onceSaid = 'CKR_HOST_MEMORY';
    expect(() => inUse.decrypt(id, changed, 'key:a')).toThrow(MasterKeyAway);
  });

  it.each(['CKR_AEAD_DECRYPT_FAILED', 'CKR_ENCRYPTED_DATA_INVALID', 'CKR_DATA_INVALID'])(
    'that says %s says that the seal is broken',
    (said) => {
      const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
      onceSaid = said;
      expect(() => inUse.decrypt(id, wrapped, 'key:a')).toThrow(SealBroken);
    },
  );

  it('is away when the key was taken off the token', () => {
    const wrapped = inUse.encrypt(id, DATA_KEY, 'key:a');
    token.removeKeys('first');
    expect(() => inUse.decrypt(id, wrapped, 'key:a')).toThrow(
      expect.objectContaining({ reason: expect.stringMatching(/not on the token .* any more/) }) as never,
    );
  });
});

describeWithSoftHsm('a hardware module that takes no IV', () => {
  let token: TestToken;
  beforeAll(() => {
    token = new TestToken();
    token.makeKey({ label: 'first' });
  });
  afterAll(() => rmSync(token.folder, { recursive: true, force: true }));

  /** The ways of modules in FIPS mode, as their vendors describe them. */
  it.each<[string, (real: Cryptoki) => Partial<Cryptoki>]>([
    [
      'writes its own where ours stood',
      (real) => ({
        C_EncryptInit: (session, mechanism, key) => {
          randomFillSync((mechanism.parameter as { iv: Buffer }).iv);
          real.C_EncryptInit(session, mechanism, key);
        },
      }),
    ],
    [
      'appends its own to the result',
      (real) => ({
        C_Encrypt: (...given) => Buffer.concat([real.C_Encrypt(...given), randomBytes(16)]),
      }),
    ],
    [
      'uses its own and tells nobody',
      (real) => ({
        C_EncryptInit: (session, mechanism, key) => {
          const parameter = { ...mechanism.parameter, iv: randomBytes(12) };
          real.C_EncryptInit(session, { ...mechanism, parameter }, key);
        },
      }),
    ],
    [
      'refuses ours',
      () => ({
        C_EncryptInit: () => {
          throw new Error('CKR_MECHANISM_PARAM_INVALID');
        },
      }),
    ],
  ])('is refused with what to do: it %s', (_, calls) => {
    const inUse = new Token(but(token.library, calls), token.place);
    const { id } = inUse.keys('first')[0]!;
    expect(() => inUse.encrypt(id, DATA_KEY, 'key:a')).toThrow(
      expect.objectContaining({ reason: expect.stringMatching(/FIPS mode .*F1_MASTER_KEY_COMMAND/) }) as never,
    );
  });
});
