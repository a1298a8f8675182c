import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { paintFor, showLines, table } from '../../src/terminal/table.ts';
import { postgresqlEngine, sqliteEngine } from './engines.ts';
import { plot } from './plot.ts';
import { growthOf, type Series } from './series.ts';
import { serviceGrowth } from './service.ts';
import { authorities, challenges, entries, evidence, organisations, type Sizes, sizes } from './steps.ts';

const usage = `npm run growth [-- --whole] [--json]

Measures what the steps of a sign-in cost beside ever more organisations, taken challenges, kept evidence, revoked
certificates and trusted keys, over both engines, and what memory and time a service takes. Figures and a plot are
written to build/growth. --whole goes up to a million organisations and ten million challenges, and takes an hour and
20 GB of disk.
`;

const { values } = parseArgs({
  options: {
    whole: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stderr.write(usage);
  process.exit();
}

/** What a sign-in costs may grow by so great a part and count as flat. */
const flatWithin = 0.1;
const folder = fileURLToPath(new URL('../../build/growth/', import.meta.url));
const of = ({ usual, whole }: Sizes) => (values.whole ? whole : usual);

const all: Series[] = [];
const measured = async (measuring: Promise<Series>) => {
  const series = await measuring;
  process.stderr.write(`${series.name} …, ${series.engine ?? 'in memory'}\n`);
  all.push(series);
};
await measured(entries(of(sizes.entries)));
await measured(authorities(of(sizes.authorities)));
for (const engine of [sqliteEngine(), await postgresqlEngine()]) {
  await measured(organisations(engine, of(sizes.organisations)));
  await measured(challenges(engine, of(sizes.challenges)));
  await measured(evidence(engine, of(sizes.evidence)));
  await engine.close();
}
const service = await serviceGrowth(values.whole ? 1_000_000 : 10_000);

const result = { processor: cpus()[0]?.model, node: process.version, series: all, service };
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}growth.json`, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(`${folder}growth.svg`, plot(all, service.signInMicroseconds, flatWithin));
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${text()}\n`);

function text(): string {
  const paint = paintFor(process.stdout);
  const number = (value: number) => value.toLocaleString('en');
  const mebibytes = (octets: number) => `${Math.round(octets / 2 ** 20)} MiB`;
  const rows = all.flatMap((series) =>
    series.points.map((point) => {
      const { name, engine } = series;
      const { size, microseconds, times } = point;
      const growth = growthOf(series, point, service.signInMicroseconds);
      return [
        ...[
          name,
          engine ?? 'memory',
          number(size),
          `${microseconds.toPrecision(3)} µs`,
          `${times.toFixed(2)}×`,
        ],
        {
          text: `${(growth * 100).toFixed(1)} %`,
          paint: growth <= flatWithin ? paint.good : paint.bad,
        },
      ];
    }),
  );
  const head = ['what', 'where', 'size', 'cost', 'times', 'of a sign-in'].map((each) => ({
    text: each,
    paint: paint.bold,
  }));
  const { startMilliseconds, atStart, signIns, early, late } = service;
  return [
    showLines([table([head, ...rows])], undefined).text,
    `a sign-in ${Math.round(service.signInMicroseconds)} µs; start ${Math.round(startMilliseconds)} ms, ${mebibytes(atStart)}; after ${number(Math.ceil(signIns / 10))} sign-ins ${mebibytes(early)}, after ${number(signIns)} ${mebibytes(late)}`,
    paint.dim(`${folder}growth.svg, ${folder}growth.json`),
  ].join('\n');
}
