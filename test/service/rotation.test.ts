import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browser, origin } from './portal.ts';
import { makeSite, program, type Served, type Site, stop } from './served.ts';

const operator = fileURLToPath(new URL('../operator/program.ts', import.meta.url));
const newSecret = () => randomBytes(32).toString('base64url');

let site: Site;
let secretsFile: string;
beforeEach(() => {
  site = makeSite();
  secretsFile = join(site.data, 'secrets');
});
afterEach(() => site.dispose());

const verify = () => site.run(operator, ['audit', 'verify']);
const readiness = async ({ url }: Served) => (await fetch(`${url}/readyz`)).status;

async function restart(served: Served): Promise<Served> {
  expect(await stop(served)).toEqual([0, null]);
  return site.serve();
}

describe('an exchange of the secrets', () => {
  it('as it is documented holds although nothing was written between its two restarts', async () => {
    let served = await site.serve();
    expect((await served.portal.signIn()).status).toBe(200);
    const older = readFileSync(secretsFile, 'utf8');
    const newer = `${newSecret()}\n`;
    writeFileSync(secretsFile, `${newer}${older}`);
    served = await restart(served);
    writeFileSync(secretsFile, newer);
    served = await restart(served);
    expect(await readiness(served)).toBe(200);
    expect((await served.portal.signIn()).status).toBe(200);
    expect((await verify()).status).toBe(0);
  });

  it('reaches a running service through a command, and through another that starts beside it', async () => {
    const served = await site.serve();
    writeFileSync(secretsFile, `${newSecret()}\n${readFileSync(secretsFile, 'utf8')}`);
    expect((await site.run(operator, ['client', 'rotate', 'portal', '--overlap', '1'])).status).toBe(0);
    expect((await served.portal.signIn()).status).toBe(200);
    const beside = await site.serve();
    expect((await beside.portal.signIn()).status).toBe(200);
    expect((await served.portal.signIn()).status).toBe(200);
    expect(await readiness(served)).toBe(200);
    expect((await verify()).status).toBe(0);
  });

  it('that leaves the older secret out is refused at the start with configuration_invalid', async () => {
    await stop(await site.serve());
    const older = readFileSync(secretsFile, 'utf8');
    writeFileSync(secretsFile, `${newSecret()}\n`);
    const ran = await site.run(program, []);
    expect([ran.status, ran.told]).toEqual([64, expect.stringContaining('[configuration_invalid]')]);
    expect(ran.told).toContain(secretsFile);
    writeFileSync(secretsFile, older);
    expect((await (await site.serve()).portal.signIn()).status).toBe(200);
  });

  it('that a running service cannot learn of is told by /readyz, and signs nobody in', async () => {
    const [older, newer] = [newSecret(), newSecret()];
    const served = await site.serve({ environment: { SEALGATE_SECRETS: older } });
    expect(await readiness(served)).toBe(200);
    await site.serve({ environment: { SEALGATE_SECRETS: `${newer},${older}` } });
    // Until then it goes by what it has read of the relying party.
    const ask = async () => (await served.portal.post('/v1/challenges', { origin, browser })).body.code;
    await expect.poll(ask, { timeout: 20_000 }).toBe('storage_unavailable');
    // Its keys it reads again a little less often.
    await expect.poll(() => readiness(served), { timeout: 20_000 }).toBe(503);
  });

  it('that a running service knew of beforehand lets it go on', async () => {
    const [older, newer] = [newSecret(), newSecret()];
    const served = await site.serve({ environment: { SEALGATE_SECRETS: `${older},${newer}` } });
    await site.serve({ environment: { SEALGATE_SECRETS: `${newer},${older}` } });
    expect((await served.portal.signIn()).status).toBe(200);
    expect(await readiness(served)).toBe(200);
  });
});

describe('secrets that were lost', () => {
  it('are not made anew beside a database, by the service nor by a command', async () => {
    await stop(await site.serve());
    const kept = readFileSync(secretsFile, 'utf8');
    rmSync(secretsFile);
    for (const [file, words] of [
      [program, []],
      [operator, ['client', 'list']],
      [operator, ['keys', 'rotate']],
      [operator, ['audit', 'verify']],
    ] as const) {
      const ran = await site.run(file, words);
      expect([ran.status, ran.told]).toEqual([64, expect.stringContaining('[configuration_invalid]')]);
    }
    expect(() => readFileSync(secretsFile)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    writeFileSync(secretsFile, kept);
    expect((await (await site.serve()).portal.signIn()).status).toBe(200);
  });
});
