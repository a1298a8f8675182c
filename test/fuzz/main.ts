import { parseArgs } from 'node:util';
import { forgetMaterial, grownOf, keepFinding, keepGrown, materialOf, usualFolder } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { type Comparison, compareVerdicts } from './differential.ts';
import type { Kind, Material } from './kind.ts';
import { kinds } from './kinds.ts';
import { comparedKinds, openssl, pkijs, whyNoOpenssl } from './peers.ts';
import { Random, seedFor } from './random.ts';
import { fuzz, type Tally } from './run.ts';
import { asJson, asText, isBad } from './tell.ts';

const usage = `npm run fuzz -- SECONDS [--count N] [--seed N] [--kind NAME,…] [--blind] [--fresh] [--folder FOLDER] [--json]

Mutates valid objects of each kind and has the real verification judge them. SECONDS are shared among the kinds;
--count judges so many of each, however long that takes. What reaches code that nothing has reached before is mutated
further and kept under build/fuzz, so that each run begins where the last one ended; --blind looks at no coverage, and
--seed repeats such a run, with the inputs that are kept. --fresh makes new inputs. Verdicts on certificates,
lists, answers and messages are compared with those of OpenSSL and pkijs for as long again. Ends with 1 where something
was accepted with another meaning, or that the others refuse for what is signed in it, crashed, or took longer than 20 ms.

Kinds: ${kinds.map(({ name }) => name).join(', ')}
`;

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    kind: { type: 'string' },
    folder: { type: 'string', default: usualFolder },
    blind: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const seconds = Number(positionals[0] ?? 60);
const count = values.count === undefined ? undefined : Number(values.count);
const seed = Number(values.seed ?? Math.floor(Math.random() * 0x1_0000_0000));
const wanted = values.kind?.split(',') ?? kinds.map(({ name }) => name);
const chosen = kinds.filter(({ name }) => wanted.includes(name));
if (values.help || chosen.length < wanted.length || [seconds, count ?? 0, seed].some(Number.isNaN)) {
  process.stderr.write(usage);
  process.exit(values.help ? 0 : 64);
}

process.stderr.write(`seed ${seed}\n`);
const tallies: (Tally & { readonly reached: number })[] = [];
const files: string[] = [];
const comparisons: Comparison[] = [];
const noOpenssl = whyNoOpenssl();
if (noOpenssl !== undefined) process.stderr.write(`nothing is compared with OpenSSL: ${noOpenssl}\n`);
for (const kind of chosen) {
  process.stderr.write(`${kind.name} …\n`);
  if (values.fresh) forgetMaterial(kind, values.folder);
  const material = await materialOf(kind, values.folder);
  const end = performance.now() + (seconds * 1000) / chosen.length;
  const goesOn = count === undefined ? () => performance.now() < end : ({ tried }: Tally) => tried < count;
  const random = new Random(seedFor(seed, kind.name));
  using coverage = values.blind || values.seed !== undefined ? undefined : new Coverage();
  const guide = coverage && { coverage, grown: grownOf(kind, values.folder) };
  const tally = await fuzz(kind, material, random, goesOn, guide);
  keepGrown(kind, tally.grown, values.folder);
  for (const [at, finding] of tally.findings.slice(0, 20).entries())
    files.push(keepFinding(kind.name, finding, at, values.folder));
  comparisons.push(...(await compared(kind, material)));
  tallies.push({ ...tally, reached: coverage?.size ?? 0 });
}

const run = { seed, tallies, comparisons, files };
process.stdout.write(values.json ? `${JSON.stringify(asJson(run), null, 2)}\n` : `${asText(run)}\n`);
process.exitCode = isBad(run) ? 1 : 0;

/** Compares the verdicts on a kind with those of others, for so long again or so often. */
async function compared(kind: Kind, material: Material): Promise<readonly Comparison[]> {
  const result: Comparison[] = [];
  if (!comparedKinds.includes(kind.name)) return result;
  const makers = noOpenssl === undefined ? [openssl, pkijs] : [pkijs];
  for (const make of makers) {
    const peer = make(kind.name, material);
    if (peer === undefined) continue;
    const end = performance.now() + (seconds * 1000) / chosen.length / makers.length;
    const goesOn = ({ compared }: Comparison) =>
      count === undefined ? performance.now() < end : compared < count;
    const random = new Random(seedFor(seed, `${kind.name} ${peer.name}`));
    const comparison = await compareVerdicts(kind, material, peer, random, goesOn);
    peer.close();
    for (const { theirs, inputs } of comparison.laxer.values()) {
      const finding = { problem: 'laxer', input: peer.name, octets: inputs[0]!, told: theirs } as const;
      files.push(keepFinding(kind.name, finding, files.length, values.folder));
    }
    result.push(comparison);
  }
  return result;
}
