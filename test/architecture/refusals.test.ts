import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type FailureCode, failureCodes } from '../../src/failure/catalogue.ts';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** The parts that requests run through; each says in its `refusals.ts` what it can refuse with. */
const stages = [
  'assertion',
  'authorisation',
  'budget',
  'carrier',
  'challenge',
  'document',
  'encoding',
  'esia',
  'login',
  'oidc',
  'organisation',
  'path',
  'power-of-attorney',
  'qualified',
  'register',
  'revocation',
  'service',
  'session',
  'sign-in',
  'signature',
  'timestamp',
  'validation',
];

/** What any part may meet, so that no list has it. */
const everywhere: ReadonlySet<FailureCode> = new Set(['internal_error', 'storage_unavailable']);

const codes: ReadonlySet<string> = new Set(failureCodes);

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path);
    return entry.name.endsWith('.ts') && entry.name !== 'refusals.ts' ? [path] : [];
  });
}

/** Codes that a text names to throw them: not those that it asks for, or that it lists for another purpose. */
function thrownIn(text: string): FailureCode[] {
  const throwing = text
    .replaceAll(/isFailure\([^()]*?,\s*'\w+'\)/g, '')
    .replaceAll(/writeUnless\([^()]*?,\s*'\w+'\)/g, '')
    .replaceAll(/[!=]== '\w+'/g, '')
    .replaceAll(/FailureCode>?(\[\])?( =|>\()[^;]*;/g, '');
  return [...throwing.matchAll(/'(\w+)'/g)].flatMap(([, name = '']) =>
    codes.has(name) ? [name as FailureCode] : [],
  );
}

function thrownBy(stage: string): Map<FailureCode, string> {
  const found = new Map<FailureCode, string>();
  for (const path of filesOf(join(source, stage)))
    for (const code of thrownIn(readFileSync(path, 'utf8'))) found.set(code, basename(path));
  return found;
}

async function listedBy(stage: string): Promise<ReadonlySet<unknown>> {
  const lists: Readonly<Record<string, unknown>> = await import(join(source, stage, 'refusals.ts'));
  return new Set(Object.values(lists).flat());
}

describe('what a stage can refuse with', () => {
  it.each(stages)('%s lists every code that it throws', async (stage) => {
    const listed = await listedBy(stage);
    const missing = [...thrownBy(stage)].filter(([code]) => !everywhere.has(code) && !listed.has(code));
    expect(missing).toEqual([]);
  });

  it('is thrown somewhere', async () => {
    const thrown = new Set(filesOf(source).flatMap((path) => thrownIn(readFileSync(path, 'utf8'))));
    for (const stage of stages)
      expect([...(await listedBy(stage))].filter((code) => !thrown.has(code as FailureCode))).toEqual([]);
  });

  it('is found at all, so that the tests above can fail', () => {
    expect(thrownBy('challenge').get('challenge_used')).toBe('take.ts');
    expect(thrownIn("new SealgateError('session_limit', { limit })")).toEqual(['session_limit']);
    expect(thrownIn("if (isFailure(error, 'session_limit')) return; error.code === 'locked_out'")).toEqual(
      [],
    );
    expect(thrownIn("const counted: ReadonlySet<FailureCode> = new Set(['locked_out']);")).toEqual([]);
  });
});
