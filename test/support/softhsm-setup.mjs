import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * SoftHSM 2, a hardware module in software, with an empty place for tokens. Its settings are a variable that it reads past Node, so
 * they must stand before a test process starts. Where it or pkcs11js is not installed, its tests are skipped and the run says so.
 */
export function prepareSoftHsm() {
  if (process.env.F1_TEST_PKCS11_MODULE) return;
  const missing = whatIsMissing();
  if (missing) {
    process.stderr.write(`The tests of the hardware module are skipped: ${missing}.\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'f1-softhsm-'));
  mkdirSync(join(folder, 'tokens'));
  const settings = join(folder, 'softhsm2.conf');
  writeFileSync(settings, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  globalThis.f1SoftHsmFolder = folder;
  process.env.SOFTHSM2_CONF = settings;
  process.env.F1_TEST_PKCS11_MODULE = moduleFile();
}

export function removeSoftHsm() {
  if (globalThis.f1SoftHsmFolder) rmSync(globalThis.f1SoftHsmFolder, { recursive: true, force: true });
}

function whatIsMissing() {
  try {
    createRequire(import.meta.url)('pkcs11js');
  } catch {
    return 'they need the optional package pkcs11js, compiled (python3, make, a C++ compiler, then npm ci)';
  }
  return moduleFile() ? undefined : 'they need SoftHSM 2 (on Debian the package softhsm2)';
}

/** Where distributions and Homebrew put it. */
function moduleFile() {
  const libraries = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name)) : [];
  return ['/usr/lib', ...libraries, '/usr/lib64', '/usr/local/lib', '/opt/homebrew/lib']
    .map((folder) => join(folder, 'softhsm', 'libsofthsm2.so'))
    .find((file) => existsSync(file));
}
