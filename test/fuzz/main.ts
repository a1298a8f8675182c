import { parseArgs } from 'node:util';
import { paintFor, showLines, table } from '../../src/terminal/table.ts';
import { forgetMaterial, keepFinding, materialOf, usualFolder } from './corpus.ts';
import { kinds } from './kinds.ts';
import { Random, seedFor } from './random.ts';
import { fuzz, type Tally } from './run.ts';

const usage = `npm run fuzz -- SECONDS [--count N] [--seed N] [--kind NAME,…] [--fresh] [--folder FOLDER] [--json]

Mutates valid objects of each kind and has the real verification judge them. SECONDS are shared among the kinds;
--count judges so many of each, however long that takes. --seed repeats an earlier run, with the inputs that are kept
under build/fuzz; --fresh makes new inputs. Ends with 1 where something was accepted with another meaning, crashed, or
took longer than 20 ms.

Kinds: ${kinds.map(({ name }) => name).join(', ')}
`;

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    kind: { type: 'string' },
    folder: { type: 'string', default: usualFolder },
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
const tallies: Tally[] = [];
const files: string[] = [];
for (const kind of chosen) {
  process.stderr.write(`${kind.name} …\n`);
  if (values.fresh) forgetMaterial(kind, values.folder);
  const material = await materialOf(kind, values.folder);
  const end = performance.now() + (seconds * 1000) / chosen.length;
  const goesOn = count === undefined ? () => performance.now() < end : ({ tried }: Tally) => tried < count;
  const tally = await fuzz(kind, material, new Random(seedFor(seed, kind.name)), goesOn);
  for (const [at, finding] of tally.findings.slice(0, 20).entries())
    files.push(keepFinding(kind.name, finding, at, values.folder));
  tallies.push(tally);
}

process.stdout.write(values.json ? `${JSON.stringify(asJson(), null, 2)}\n` : `${tallyText()}\n`);
process.exitCode = tallies.some(({ findings }) => findings.length > 0) ? 1 : 0;

function asJson() {
  const told = tallies.map(({ reasons, findings, ...counts }) => ({
    ...counts,
    reasons: reasons.size,
    findings: findings.length,
  }));
  return { seed, kinds: told, files };
}

function tallyText(): string {
  const paint = paintFor(process.stdout);
  const number = (value: number) => value.toLocaleString('en');
  const none = (value: number) => ({ text: number(value), paint: value === 0 ? paint.good : paint.bad });
  const head = ['kind', 'tried', 'refused', 'reasons', 'same meaning', 'other meaning', 'crashes', 'longest'];
  return [
    showLines(
      [
        table([
          head.map((text) => ({ text, paint: paint.bold })),
          ...tallies.map(({ kind, tried, refused, reasons, unchanged, changed, crashes, longest }) => [
            ...[kind, number(tried), number(refused), number(reasons.size), number(unchanged)],
            ...[none(changed), none(crashes), `${longest.toFixed(1)} ms`],
          ]),
        ]),
      ],
      undefined,
    ).text,
    ...files.map((file) => paint.bad(`found: ${file}`)),
    paint.dim(`seed ${seed}`),
  ].join('\n');
}
