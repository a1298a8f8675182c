import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { loadedGost } from '../../src/gost/engine.ts';
import { paintFor, showLines, table } from '../../src/terminal/table.ts';
import { attackedBenchmarks } from './attacked.ts';
import { cmsBenchmarks } from './cms.ts';
import { documentBenchmarks } from './documents.ts';
import { gostBenchmarks } from './gost.ts';
import type { Figure } from './measure.ts';
import { oidcBenchmarks } from './oidc.ts';
import { pathBenchmarks } from './path.ts';
import { personBenchmarks } from './person.ts';
import { registerBenchmarks } from './register.ts';
import { revocationBenchmarks } from './revocation.ts';
import { signInBenchmarks } from './sign-in.ts';
import { trustListBenchmarks } from './trust-list.ts';

type Group = (skipped: (reason: string) => void) => Promise<readonly Figure[]>;

const groups: Readonly<Record<string, Group>> = {
  cms: cmsBenchmarks,
  'sign-in': signInBenchmarks,
  attacked: attackedBenchmarks,
  documents: documentBenchmarks,
  gost: gostBenchmarks,
  oidc: () => oidcBenchmarks(),
  path: pathBenchmarks,
  person: personBenchmarks,
  register: () => registerBenchmarks((line) => process.stderr.write(`${line}\n`)),
  revocation: () => revocationBenchmarks(),
  'trust-list': () => trustListBenchmarks(),
};

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const chosen = positionals.length === 0 ? Object.keys(groups) : positionals;
const unknown = chosen.filter((name) => groups[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`no such group: ${unknown.join(', ')}; there are ${Object.keys(groups).join(', ')}\n`);
  process.exit(64);
}

const figures: Figure[] = [];
const skipped: string[] = [];
for (const name of chosen) {
  process.stderr.write(`measuring ${name} …\n`);
  figures.push(...((await groups[name]?.((reason) => skipped.push(reason))) ?? []));
}

if (values.json === true)
  process.stdout.write(`${JSON.stringify({ ...machine(), figures, skipped }, null, 2)}\n`);
else process.stdout.write(`${report()}\n`);

function machine() {
  const { engine, detail } = loadedGost();
  return {
    node: process.version,
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    gost: `${engine.name} (${detail})`,
  };
}

function report(): string {
  const paint = paintFor(process.stdout);
  const rate = (value: number) =>
    value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  const shown = (value: number, unit: Figure['unit']) =>
    unit === undefined ? rate(value) : `${value.toFixed(unit === '%' ? 1 : 0)} ${unit}`;
  const rows = figures.map(({ name, peer, unit, ours, theirs, ratio, goal }) => [
    name,
    peer,
    shown(ours, unit),
    shown(theirs, unit),
    { text: `${ratio.toFixed(2)}×`, paint: goal === undefined || ratio >= goal ? paint.good : paint.bad },
    goal === undefined ? '' : `goal ${goal}×`,
  ]);
  const titles = ['what', 'against', 'ours', 'theirs', 'ratio', ''].map((text) => ({
    text,
    paint: paint.bold,
  }));
  const { node, processor, gost } = machine();
  return [
    paint.dim(
      `${processor}, Node.js ${node}, GOST ${gost}; operations a second unless a unit stands there, one core each, medians`,
    ),
    showLines([table([titles, ...rows])], undefined).text,
    ...skipped.map((reason) => paint.warn(`not measured: ${reason}`)),
  ].join('\n');
}
