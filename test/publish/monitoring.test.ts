import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failures } from '../../src/failure/catalogue.ts';
import { personalIn } from '../service/personal.ts';
import type { TestService } from '../service/portal.ts';
import { startWhole } from '../service/whole.ts';

const file = (name: string) => fileURLToPath(new URL(`../../src/publish/files/${name}`, import.meta.url));
const rules = readFileSync(file('sealgate.rules.yml'), 'utf8');
const dashboard = JSON.parse(readFileSync(file('grafana.json'), 'utf8')) as {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
};

let service: TestService;
let measurements: string;
beforeAll(async () => {
  service = await startWhole({});
  await (await service.portal()).signIn();
  measurements = await (await fetch(`${service.url}/metrics`)).text();
});
afterAll(() => service.dispose());

/** The measurements that Prometheus has once it has read ours, by name. */
function known(): ReadonlySet<string> {
  const types = [...measurements.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => `${name}${end}`) : [name],
    ),
  );
}

const namesIn = (text: string) =>
  [...text.matchAll(/\b(?:sealgate|nodejs|process)_[a-z0-9_]+(?=[{[)\s]|$)/g)].map(([name]) => name);

describe('measurements', () => {
  it('that the dashboard and the alerts ask for are there', () => {
    const alerts = [...rules.matchAll(/expr: (.*)/g)].map(([, expression = '']) => expression);
    const panels = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const asked = new Set(namesIn([...alerts, ...panels].join('\n')));
    expect(asked.size).toBeGreaterThan(12);
    expect([...asked].filter((name) => !known().has(name))).toEqual([]);
  });

  it('by failures that alerts name are by such that there are', () => {
    const codes = [...rules.matchAll(/code="([a-z_]+)"/g)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((code) => !(code in failures))).toEqual([]);
    const pattern = /code=~"([^"]+)"/.exec(rules)?.[1] ?? '';
    expect(
      Object.keys(failures).filter((code) => new RegExp(`^(?:${pattern})$`).test(code)).length,
    ).toBeGreaterThan(0);
  });

  it('tell nothing of who signed in', () => {
    expect(personalIn(measurements)).toEqual([]);
  });
});

const isThere = spawnSync('promtool', ['--version']).status === 0;
const noPromtool = isThere
  ? ''
  : ' (skipped: promtool of Debian’s prometheus is not there, npm run interoperation installs it)';

describe.skipIf(noPromtool)(`promtool${noPromtool}`, () => {
  it('has nothing against the measurements', () => {
    expect(() =>
      execFileSync('promtool', ['check', 'metrics'], { input: measurements, stdio: 'pipe' }),
    ).not.toThrow();
  });

  it('has nothing against the alerts', () => {
    expect(
      execFileSync('promtool', ['check', 'rules', file('sealgate.rules.yml')], { encoding: 'utf8' }),
    ).toMatch(/SUCCESS: \d+ rules found/);
  });
});
