import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SealgateError } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { type BinaryKind, binaryKindOf, describeKind, isLoadable } from '../../src/token/binary.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import { findLibraries, resolveLibrary } from '../../src/token/library.ts';
import { openModule } from '../../src/token/token-module.ts';
import { noSoftHsm, officerPin, pin, userPin } from './softhsm.ts';
import { noTestToken } from './test-token.ts';

const noCompiler =
  spawnSync('gcc', ['--version']).status === 0
    ? undefined
    : 'gcc is not installed; on Debian or Ubuntu: apt-get install gcc';

/** First octets of an ELF file for a machine; `bits` 32 or 64, little-endian. */
function elf(bits: 32 | 64, machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header[4] = bits === 32 ? 1 : 2;
  header[5] = 1;
  header.writeUInt16LE(machine, 18);
  return header;
}

function pe(machine: number): Buffer {
  const header = Buffer.alloc(256);
  header.write('MZ', 'latin1');
  header.writeUInt32LE(128, 60);
  header.write('PE\0\0', 128, 'latin1');
  header.writeUInt16LE(machine, 132);
  return header;
}

function universal(...processors: number[]): Buffer {
  const header = Buffer.alloc(256);
  header.writeUInt32BE(0xcafebabe, 0);
  header.writeUInt32BE(processors.length, 4);
  for (const [at, processor] of processors.entries()) header.writeUInt32BE(processor, 8 + 20 * at);
  return header;
}

describe('a library by its header', () => {
  const here: BinaryKind = { format: 'ELF', processors: ['x64'] };
  it.each<[string, Buffer, BinaryKind]>([
    ['ELF of 32 bits', elf(32, 3), { format: 'ELF', processors: ['ia32'] }],
    ['ELF of 64 bits', elf(64, 62), { format: 'ELF', processors: ['x64'] }],
    ['ELF for ARM', elf(64, 183), { format: 'ELF', processors: ['arm64'] }],
    ['ELF for Elbrus', elf(64, 175), { format: 'ELF', processors: ['e2k'] }],
    ['PE of 32 bits', pe(0x14c), { format: 'PE', processors: ['ia32'] }],
    ['PE of 64 bits', pe(0x8664), { format: 'PE', processors: ['x64'] }],
    ['universal Mach-O', universal(0x1000007, 0x100000c), { format: 'Mach-O', processors: ['x64', 'arm64'] }],
  ])('%s', (_, header, kind) => {
    expect(binaryKindOf(header)).toEqual(kind);
  });

  it('of no known kind, or too short, is none', () => {
    expect(binaryKindOf(Buffer.alloc(4096, 0x20))).toBeUndefined();
    expect(binaryKindOf(Buffer.from('\x7fELF', 'latin1'))).toBeUndefined();
  });

  it('is loadable only for the same system and one of its processors', () => {
    expect(isLoadable({ format: 'ELF', processors: ['x64'] }, here)).toBe(true);
    expect(isLoadable({ format: 'ELF', processors: ['ia32'] }, here)).toBe(false);
    expect(isLoadable({ format: 'PE', processors: ['x64'] }, here)).toBe(false);
    expect(describeKind({ format: 'ELF', processors: ['ia32'] })).toBe('ELF for ia32 (32-bit)');
  });
});

describe('a PKCS#11 library', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealgate-library-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const file = async (name: string, octets: Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, octets);
    return path;
  };

  it('that is not there: pkcs11_module_not_found with the path', async () => {
    const path = join(folder, 'absent.so');
    await expect(resolveLibrary(path)).rejects.toMatchObject({
      code: 'pkcs11_module_not_found',
      details: { paths: [path] },
    });
  });

  it('known by name and not installed: pkcs11_module_not_found with every place', async () => {
    const installed = (await findLibraries()).map(({ name }) => name);
    if (installed.includes('jacarta')) return;
    const error: unknown = await resolveLibrary('jacarta').catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'pkcs11_module_not_found' });
    expect((error as { details: { paths: string[] } }).details.paths.length).toBeGreaterThan(0);
  });

  it('that is text: pkcs11_module_incompatible', async () => {
    const path = await file('text.so', Buffer.from('# not a library\n'.repeat(20)));
    await expect(openModule(path)).rejects.toMatchObject({ code: 'pkcs11_module_incompatible' });
  });

  it('of 32 bits: pkcs11_module_incompatible, and says what it is and what is needed', async () => {
    const path = await file('small.so', elf(32, 3));
    await expect(openModule(path)).rejects.toMatchObject({
      code: 'pkcs11_module_incompatible',
      details: { found: 'ELF for ia32 (32-bit)', needed: expect.stringContaining(process.arch) },
    });
  });

  it.skipIf(platform() !== 'linux')(
    'with a good header and nothing behind it: pkcs11_module_incompatible',
    async () => {
      const machine = { x64: 62, arm64: 183 }[process.arch as 'x64'] ?? 62;
      const module = await openModule(await file('hollow.so', elf(64, machine)));
      await expect(module.tokens()).rejects.toMatchObject({ code: 'pkcs11_module_incompatible' });
    },
  );

  it.skipIf(platform() !== 'linux')(
    'that is another library: pkcs11_module_incompatible says that it is no PKCS#11',
    async () => {
      const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
      const other = sharedObjects.find((path) => path.includes('libm.so')) ?? '';
      const module = await openModule(other);
      await expect(module.tokens()).rejects.toMatchObject({
        code: 'pkcs11_module_incompatible',
        details: { problem: 'it is not a PKCS#11 library' },
      });
    },
  );

  it.skipIf(noCompiler)(
    `that needs another one, which is missing: pkcs11_module_incompatible names it, and nobody is sent for a 64-bit one${noCompiler ? ` (skipped: ${noCompiler})` : ''}`,
    async () => {
      await file('part.c', Buffer.from('int part(void) { return 0; }'));
      await file(
        'module.c',
        Buffer.from('int part(void); int C_GetFunctionList(void **list) { return part(); }'),
      );
      execFileSync('gcc', ['-shared', '-fPIC', '-w', '-o', 'libpart.so', 'part.c'], { cwd: folder });
      execFileSync('gcc', ['-shared', '-fPIC', '-w', '-o', 'whole.so', 'module.c', '-L.', '-lpart'], {
        cwd: folder,
      });
      await rm(join(folder, 'libpart.so'));
      const module = await openModule(join(folder, 'whole.so'));
      const error: unknown = await module.tokens().catch((failure: unknown) => failure);
      expect(error).toMatchObject({
        code: 'pkcs11_module_incompatible',
        details: { missing: 'libpart.so', problem: 'a library that it needs is not installed' },
      });
      for (const language of ['en', 'ru'] as const) {
        const { details } = error as SealgateError<'pkcs11_module_incompatible'>;
        const { remedy } = explain('pkcs11_module_incompatible', details, language);
        expect(remedy).toContain('libpart.so');
        expect(remedy).not.toContain('64');
      }
    },
  );

  it.skipIf(noTestToken)(
    `whose path has letters that are not ASCII: it is loaded, and its token signs${noTestToken ? ` (skipped: ${noTestToken})` : ''}`,
    async () => {
      const path = join(folder, 'Драйвер носителя №1.so');
      await copyFile((await resolveLibrary('sealgate-test')).path, path);
      const module = await openModule(path, {
        environment: { SEALGATE_TOKEN_DIR: join(folder, 'Носители') },
      });
      const pins = { officerPin: Buffer.from(officerPin), userPin: Buffer.from(userPin) };
      await module.initialise({ label: 'test', ...pins });
      const access = { pin: pin(userPin) };
      await module.generate(access, planKeyPair('gost2012-256', 'вход'));
      const signer = await module.signer({ ...access, key: { label: 'вход', withoutCertificate: true } });
      await expect(signer.sign(Buffer.from('x'), 'gost2012-256')).resolves.toHaveLength(64);
      await signer.close();
    },
  );

  it.skipIf(noSoftHsm)('that is installed: found by name, and says what it is', async () => {
    expect((await findLibraries()).map(({ name }) => name)).toContain('softhsm');
    const module = await openModule('softhsm', { environment: { SOFTHSM2_CONF: join(folder, 'none.conf') } });
    // Without its configuration SoftHSM refuses to start: the driver fails, and is not taken for incompatible.
    await expect(module.info()).rejects.toMatchObject({ code: 'pkcs11_module_not_started' });
  });
});
