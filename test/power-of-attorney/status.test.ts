import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStatus, httpStatus } from '../../src/power-of-attorney/status.ts';
import { Host } from '../revocation/host.ts';

const number = '4f1c2d3e-5a6b-4c7d-8e9f-0a1b2c3d4e5f';
const power = { number, principalInn: '9901001013' };

describe('a register of powers over HTTP', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start();
  });
  afterAll(() => host.stop());
  const ask = (status: number, body: string, options = {}) => {
    const path = `/poa/${number}/9901001013`;
    host.on(path, (_, response) => response.writeHead(status).end(body));
    return httpStatus({ url: host.url('/poa/{number}/{inn}'), timeout: 500, ...options }).statusOf(power);
  };

  it.each([
    ['ACTIVE', { state: 'active' }],
    ['Действует', { state: 'active' }],
    ['Revoked', { state: 'withdrawn', at: Date.UTC(2026, 10, 1) }],
    ['PENDING', { state: 'unconfirmed', word: 'PENDING' }],
    ['', { state: 'unconfirmed', word: '' }],
  ])('that says %j is %j', async (status, expected) => {
    const answer = JSON.stringify({ poaNumber: number, status, statusDate: '2026-11-01' });
    expect(await ask(200, answer)).toEqual(expected);
  });

  it('is taken at its own words where the operator has set them', async () => {
    const words = { activeWords: ['ok'], withdrawnWords: ['active'] };
    expect(await ask(200, '{"status":"active"}', words)).toMatchObject({ state: 'withdrawn' });
  });

  it('that knows no such number, or answers in another form, does not confirm it', async () => {
    expect(await ask(404, '')).toEqual({ state: 'unconfirmed', word: 'unknown' });
    expect(await ask(200, '{"state":"active"}')).toEqual({ state: 'unconfirmed', word: 'unreadable' });
  });

  it.each([
    [500, ''],
    [200, '<html>'],
    [302, ''],
  ])('that answers %s %j is register_unavailable', async (status, body) => {
    await expect(ask(status, body)).rejects.toMatchObject({ code: 'register_unavailable' });
  });
});

describe('a file of withdrawn powers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-status-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'withdrawn');

  it('is read again when it has changed', async () => {
    writeFileSync(file, '# none yet\n');
    const register = fileStatus(file);
    expect(await register.statusOf(power)).toEqual({ state: 'active' });
    writeFileSync(file, `# one\n${number.toUpperCase()},2026-11-01T00:00:00Z\n`);
    expect(await register.statusOf(power)).toEqual({ state: 'withdrawn', at: Date.UTC(2026, 10, 1) });
  });

  it('that is not there is register_unavailable', async () => {
    const register = fileStatus(join(folder, 'nothing'));
    await expect(register.statusOf(power)).rejects.toMatchObject({ code: 'register_unavailable' });
  });

  it('withdraws the power of the principal that a line names, and of any one where it names none', async () => {
    const stranger = { number, principalInn: '7707083893' };
    writeFileSync(file, `${number} 7707083893 2026-11-01\n`);
    expect(await fileStatus(file).statusOf(power)).toEqual({ state: 'active' });
    expect(await fileStatus(file).statusOf(stranger)).toEqual({
      state: 'withdrawn',
      at: Date.UTC(2026, 10, 1),
    });
    writeFileSync(file, `${number};7707083893\n${number.toUpperCase()}, 9901001013\n`);
    for (const each of [power, stranger])
      expect(await fileStatus(file).statusOf(each)).toEqual({ state: 'withdrawn', at: undefined });
    writeFileSync(file, `# all of them\n${number} 2026-11-01T00:00:00Z\n`);
    for (const each of [power, stranger])
      expect(await fileStatus(file).statusOf(each)).toMatchObject({ state: 'withdrawn' });
    writeFileSync(file, `${number} 77070838931\n`);
    await expect(fileStatus(file).statusOf(power)).rejects.toMatchObject({ code: 'register_unavailable' });
  });
});
