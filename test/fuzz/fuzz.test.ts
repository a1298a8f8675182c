import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { grownOf, keepGrown, materialOf } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { type Comparison, compareVerdicts } from './differential.ts';
import type { Kind, Verdict } from './kind.ts';
import { der } from './kinds/der.ts';
import { kinds } from './kinds.ts';
import { comparedKinds, openssl, whyNoOpenssl } from './peers.ts';
import { Random } from './random.ts';
import { fuzz, longestTime, type Seed, type Tally } from './run.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sealgate-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = 20_261_128;

/** A kind of JSON that a judge of the test's own looks at. */
function invented(judge: (octets: Uint8Array) => Verdict): Kind {
  return {
    name: 'invented',
    form: 'json',
    meaning: 'what the test says',
    make: async () => ({ inputs: new Map([['one', Buffer.from('{"a":"b"}')]]), context: new Map() }),
    judge: () => judge,
  };
}

async function run(kind: Kind, count: number) {
  return fuzz(kind, await kind.make(), new Random(seed), ({ tried }) => tried < count);
}

describe('mutations of every kind', () => {
  it.each(kinds)('$name: none is accepted with another meaning, none crashes, none is slow', async (kind) => {
    const material = await materialOf(kind, folder);
    const tally = await fuzz(kind, material, new Random(seed), ({ tried }) => tried < 300);
    expect(tally.findings.map(({ problem, told }) => `${problem}: ${told}`)).toEqual([]);
    expect(tally.refused).toBeGreaterThan(100);
  });
});

const noOpenssl = whyNoOpenssl();
const noPeer = noOpenssl === undefined ? '' : ` (skipped: ${noOpenssl})`;

describe.skipIf(noPeer)(`verdicts beside OpenSSL's${noPeer}`, () => {
  it.each(kinds.filter(({ name }) => comparedKinds.includes(name)))(
    '$name: nothing is let in that OpenSSL refuses for what is signed',
    async (kind) => {
      const material = await materialOf(kind, folder);
      const peer = openssl(kind.name, material);
      const goesOn = ({ compared }: Comparison) => compared < 150;
      const { laxer, agreed } = await compareVerdicts(kind, material, peer, new Random(seed), goesOn);
      peer.close();
      expect([...laxer.keys()]).toEqual([]);
      expect(agreed).toBeGreaterThan(50);
    },
  );

  it('a verdict that is laxer is found', async () => {
    const { make, ...kind } = kinds.find(({ name }) => name === 'list')!;
    const material = await make();
    const peer = openssl('list', material);
    const lax = { ...kind, make, judge: () => () => ({ outcome: 'accepted', meaning: '' }) as const };
    const goesOn = ({ compared }: Comparison) => compared < 20;
    const { laxer } = await compareVerdicts(lax, material, peer, new Random(seed), goesOn);
    peer.close();
    expect(laxer.size).toBeGreaterThan(0);
  });
});

describe('what must not be is found', () => {
  const meaningOf = (octets: Uint8Array): Verdict => ({
    outcome: 'accepted',
    meaning: Buffer.from(octets).toString(),
  });

  it('another meaning', async () => {
    const { changed, findings } = await run(invented(meaningOf), 50);
    expect(changed).toBe(50);
    expect(findings[0]?.problem).toBe('changed');
  });

  it('a crash', async () => {
    let judged = 0;
    const kind = invented(() => {
      if (judged++ > 0) throw new TypeError('a fault');
      return { outcome: 'accepted', meaning: '' };
    });
    expect(await run(kind, 20)).toMatchObject({ crashes: 20, tried: 20 });
  });

  it('an input that takes too long each time it is judged', async () => {
    const computed = () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1000;
    };
    let judged = 0;
    const kind = invented(() => {
      const end = computed() + (judged++ > 0 ? longestTime + 5 : 0);
      while (computed() < end);
      return { outcome: 'accepted', meaning: '' };
    });
    const { findings } = await run(kind, 2);
    expect(findings.map(({ problem }) => problem)).toContain('slow');
  });

  it('an input that is not accepted itself, which would prove nothing', async () => {
    const kind = invented(() => ({ outcome: 'refused', reason: 'always' }));
    await expect(run(kind, 1)).rejects.toThrow('invented one is refused: always');
  });
});

it('a guide keeps what reaches code that nothing has reached before, for the next run', async () => {
  const material = await materialOf(der, folder);
  using coverage = new Coverage();
  const goesOn = ({ tried }: Tally) => tried < 512;
  const { grown } = await fuzz(der, material, new Random(seed), goesOn, { coverage, grown: [] });
  expect(grown.length).toBeGreaterThan(2);
  keepGrown(der, grown, folder);
  const kept = grownOf(der, folder);
  expect(kept.length).toBeGreaterThan(2);
  // What was kept reaches more by itself than the valid inputs do.
  const reachedBy = async (seeds: readonly Seed[]) => {
    using again = new Coverage();
    await fuzz(der, material, new Random(seed), () => false, { coverage: again, grown: seeds });
    return again.size;
  };
  expect(await reachedBy(kept)).toBeGreaterThan(await reachedBy([]));
});

it('the same seed and inputs give the same mutations', async () => {
  const seen: string[][] = [[], []];
  for (const inputs of seen) {
    const kind = invented((octets) => {
      inputs.push(Buffer.from(octets).toString('hex'));
      return { outcome: 'accepted', meaning: '' };
    });
    await run(kind, 100);
  }
  // Some are judged more than once, to know how long they really take.
  const [first, second] = seen.map((inputs) => inputs.filter((each, at) => each !== inputs[at - 1]));
  expect(first).toEqual(second);
});

it('the program keeps its inputs, prints its seed, and ends with 0 where nothing was found', () => {
  const words = ['0', '--count', '40', '--kind', 'challenge,body', '--seed', '7', '--folder', folder];
  const out = execFileSync(process.execPath, [program, ...words, '--json'], { encoding: 'utf8' });
  expect(JSON.parse(out)).toMatchObject({
    seed: 7,
    kinds: [{ kind: 'challenge', tried: 40 }, { kind: 'body' }],
  });
  expect(readdirSync(join(folder, 'corpus', 'challenge', 'inputs'))).toContain('plain');
});

it('the program refuses a kind that it does not know', () => {
  const refused = () =>
    execFileSync(process.execPath, [program, '1', '--kind', 'no-such'], { stdio: 'pipe' });
  expect(refused).toThrow(expect.objectContaining({ status: 64 }) as Error);
});
