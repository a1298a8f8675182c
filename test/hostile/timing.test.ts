import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { type ClientRegistry, clientRegistry } from '../../src/relying-party/registry.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

// A stranger measures how long refusals take. Wall time says little on a busy machine, so what is counted is the work:
// every hash and every comparison, with the lengths that they are made over.

const work = vi.hoisted((): string[] => []);
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>();
  return {
    ...real,
    hash: (...words: Parameters<typeof real.hash>) => {
      work.push(`hash ${String(words[0])} ${String(words[1]).length}`);
      return real.hash(...words);
    },
    timingSafeEqual: (left: Uint8Array, right: Uint8Array) => {
      work.push(`compare ${left.length} ${right.length}`);
      return real.timingSafeEqual(left, right);
    },
  };
});

const at = 1_800_000_000_000;
const registration = (id: string) =>
  registrationSchema.parse({ id, name: { en: 'P', ru: 'П' }, origins: ['https://portal.example'] });

let temporary: TemporaryDatabase;
let registry: ClientRegistry;
let secret: string;
beforeEach(async () => {
  temporary = temporaryDatabase();
  registry = clientRegistry(temporary.database);
  for (const id of ['portal', 'rotated', 'off', 'forged']) await registry.add(registration(id), at);
  secret = await registry.rotate('rotated', 3_600_000, at);
  await registry.disable('off', true, at);
  temporary.tamper("UPDATE client SET seal = NULL WHERE id = 'forged'");
  // Everything is read and judged before anybody measures.
  await registry.find('portal', at);
});
afterEach(() => temporary.dispose());

/** What a refusal costs. */
async function costOf(id: string, given: string): Promise<readonly string[]> {
  work.length = 0;
  await expect(registry.authenticate(id, given, at)).rejects.toMatchObject({
    code: 'client_unauthenticated',
  });
  return [...work];
}

describe('a wrong secret', () => {
  const wrong = 'w'.repeat(43);

  it('costs one hash and as many comparisons as the relying party with the most secrets has', async () => {
    expect(await costOf('portal', wrong)).toEqual(['hash sha256 43', 'compare 50 50', 'compare 50 50']);
  });

  it.each([
    ['unknown', 'nobody'],
    ['known by two secrets', 'rotated'],
    ['disabled', 'off'],
    ['written in by somebody else', 'forged'],
    ['without a name', ''],
    ['named as a prototype', '__proto__'],
    ['of a name without end', 'x'.repeat(10_000)],
  ])('costs the same for one that is %s as for one that is known', async (_, id) => {
    expect(await costOf(id, wrong)).toEqual(await costOf('portal', wrong));
  });

  it('costs the same whichever part of it is right', async () => {
    const cost = await costOf('rotated', wrong);
    for (const near of [`${secret.slice(0, 42)}!`, `!${secret.slice(1)}`])
      expect(await costOf('rotated', near)).toEqual(cost);
  });

  it('of a disabled relying party costs what the right one does: both are refused alike', async () => {
    const right = await registry.rotate('off', 0, at);
    await registry.find('off', at);
    expect(await costOf('off', right)).toEqual(await costOf('off', 'w'.repeat(right.length)));
  });
});

it('the right secret is told from wrong ones, so that the costs above mean something', async () => {
  expect((await registry.authenticate('rotated', secret, at)).id).toBe('rotated');
});
