import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings, secretSettings, settingsSchema } from '../../src/config.ts';
import { checkReport, showReport } from '../../src/operator/configuration.ts';
import { showLines } from '../../src/terminal/table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (settings: object) => writeFileSync(join(folder, 'sealgate.json'), JSON.stringify(settings));
const read = (more: Record<string, string> = {}) => readSettings({ SEALGATE_DATA: folder, ...more });
const failing = (act: () => unknown) =>
  expect(act).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));

describe('the configuration file', () => {
  it('is found in the data folder, and the environment wins over it', () => {
    write({ port: 9_000, logLevel: 'debug' });
    const { settings, file } = read({ SEALGATE_LOG_LEVEL: 'warn' });
    expect([settings.port, settings.logLevel, file]).toEqual([9_000, 'warn', join(folder, 'sealgate.json')]);
  });

  it('that SEALGATE_CONFIG names is read in its place', () => {
    write({ port: 9_000 });
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify({ port: 9_001, data: 'elsewhere' }));
    expect(read({ SEALGATE_CONFIG: other }).settings.port).toBe(9_001);
  });

  it('that is found by its folder cannot name another folder', () => {
    write({ data: 'elsewhere' });
    failing(() => read());
  });

  it('with a setting that does not exist is refused, and a folder in its place too', () => {
    write({ prot: 9_000 });
    failing(() => read());
    rmSync(join(folder, 'sealgate.json'));
    mkdirSync(join(folder, 'sealgate.json'));
    failing(() => read());
  });
});

describe('config show', () => {
  it('tells each setting with its value and origin, and no secret nor password', async () => {
    write({ port: 9_000, registerToken: 'token-of-the-register', smtp: 'smtp://mail:word@mail.example' });
    const { lines, json } = await showReport(read({ SEALGATE_LOG_LEVEL: 'warn' }));
    const { text } = showLines(lines, undefined);
    expect(text).toMatch(/\nport +\S+sealgate\.json +9000\n/);
    expect(text).toMatch(/\nlogLevel +SEALGATE_LOG_LEVEL +warn\n/);
    expect(text).toMatch(/\nhost +default +127\.0\.0\.1\n/);
    expect(text).toContain('smtp://mail:…@mail.example');
    expect(`${text}${JSON.stringify(json)}`).not.toMatch(/token-of-the-register|:word@/);
  });

  it('counts every setting among the secrets whose name says so', () => {
    const named = Object.keys(settingsSchema.shape).filter((name) => /secret|token|password/i.test(name));
    expect(named.filter((name) => !secretSettings.has(name))).toEqual(['secretsFile']);
  });
});

describe('config check', () => {
  it('passes settings that hold, and makes nothing', async () => {
    write({ port: 9_000 });
    expect((await checkReport(read())).json).toMatchObject({ valid: true, data: folder });
  });

  it.each([
    ['a webhook without its secret', { noticeWebhook: 'https://hook.example' }],
    ['an anchor that is no place', { auditAnchor: ['nowhere'] }],
    ['a token without its module', { assertionKey: 'pkcs11:token=x' }],
    ['pins that are not there', { anchors: '/nonexistent/pins' }],
  ])('refuses %s with configuration_invalid', async (_, settings) => {
    write(settings);
    await expect(checkReport(read())).rejects.toMatchObject({ code: 'configuration_invalid' });
  });
});
