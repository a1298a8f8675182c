import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { FailureCode } from '../../src/failure/catalogue.ts';
import { exitCode, exitCodeOf } from '../../src/terminal/exit-code.ts';
import { sampleFailure } from '../failure-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { refused, undecided, usage } = exitCode;

describe('the exit code of a failure', () => {
  it.each<[FailureCode, number]>([
    ['signature_invalid', refused],
    ['certificate_revoked', refused],
    ['chain_incomplete', refused],
    ['trust_list_outdated', refused],
    ['pin_incorrect', refused],
    ['key_not_found', refused],
    ['signing_cancelled', refused],
    ['authority_unproven', refused],
    ['revocation_unavailable', undecided],
    ['trust_list_unreachable', undecided],
    ['token_removed', undecided],
    ['token_choice_needed', undecided],
    ['pkcs11_module_not_found', undecided],
    ['service_unreachable', undecided],
    ['rate_limited', undecided],
    ['storage_unavailable', undecided],
    ['database_unusable', undecided],
    ['internal_error', undecided],
    ['configuration_invalid', usage],
    ['file_unreadable', usage],
  ])('%s is %i', (code, expected) => {
    expect(exitCodeOf(sampleFailure(code))).toBe(expected);
  });
});

describe('sealgate', () => {
  const sealgate = (words: readonly string[], environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('../../src/cli.ts', import.meta.url)), ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, SEALGATE_DATA: folder, ...environment },
    });

  it.each([
    [
      'a file that is not there',
      ['trust', 'import', join(folder, 'none.xml'), '--json'],
      'file_unreadable',
      usage,
    ],
    [
      'an address that does not answer',
      ['trust', 'import', 'http://127.0.0.1:1/', '--json'],
      'trust_list_unreachable',
      undecided,
    ],
  ])('tells %s by code and exit code', (_, words, code, expected) => {
    const { status, stdout } = sealgate(words);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
    expect(status).toBe(expected);
  });

  it('serve --json tells as JSON why it does not start', () => {
    const { status, stdout } = sealgate(['serve', '--json'], { SEALGATE_PORT: 'eighty' });
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'configuration_invalid',
        details: { field: 'SEALGATE_PORT', problem: 'must be a whole number from 0 to 65535' },
      },
    });
    expect(status).toBe(usage);
  });
});
