import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chooseGost, gost, loadedGost } from '../../src/gost/engine.ts';
import { gostCases } from './gost-cases.ts';
import type { GostManifest } from './gost-manifest.ts';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

const thisFile = fileURLToPath(import.meta.url);

function casesHere(folder: string): CaseResult[] {
  const manifest = readManifest<GostManifest>(folder);
  if (manifest === undefined) throw new Error(`no manifest in ${folder}`);
  return [...gostCases(folder, manifest)].map((each) => ({ ...each, id: `${each.id} (${gost.name})` }));
}

/** GOST R 34.10-2012 and Streebog of standards and other makers, by the native engine and by TypeScript. */
export const suite: Suite = {
  name: 'gost',
  recognises(folder) {
    const manifest = readManifest<GostManifest>(folder);
    return (
      Array.isArray(manifest?.streebog) ||
      Array.isArray(manifest?.raw_signatures) ||
      Array.isArray(manifest?.rfc9215)
    );
  },
  *run(folder) {
    yield* casesHere(folder);
    if (gost.name === 'typescript') {
      yield {
        id: 'all (native)',
        outcome: 'skipped',
        reason: `the native engine is not there: ${loadedGost().detail}`,
      };
      return;
    }
    // The engine is chosen once a process, so the other one judges in a process of its own.
    const answer = execFileSync(process.execPath, [thisFile, folder], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    yield* JSON.parse(answer) as CaseResult[];
  },
};

if (import.meta.main) {
  chooseGost('typescript');
  process.stdout.write(JSON.stringify(casesHere(process.argv[2] ?? '')));
}
