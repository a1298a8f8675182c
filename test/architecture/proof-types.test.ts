import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Modules of `src` by their path there, without comments. */
const modules = new Map(
  readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return [relative(source, path), code] as const;
    }),
);

/** Types with a brand that only their own module knows. */
function proofTypesOf(code: string): string[] {
  const brands = [...code.matchAll(/declare const (\w+): unique symbol/g)].map(([, name]) => name ?? '');
  const types = [...code.matchAll(/interface (\w+)[^{]*\{([^}]*)\}/g)];
  return types
    .filter(([, , body = '']) => brands.some((brand) => body.includes(`readonly [${brand}]`)))
    .map(([, name]) => name ?? '');
}

/** Modules that take something for a proof which the compiler cannot see to be one. */
function makersOf(type: string): string[] {
  const assertion = new RegExp(`\\bas (?:unknown as )?${type}\\b(?!\\s*[,}])`, 'g');
  return [...modules].flatMap(([path, code]) => Array.from(code.matchAll(assertion), () => path));
}

const proofs = [...modules].flatMap(([path, code]) => proofTypesOf(code).map((type) => ({ type, path })));

describe('a proof', () => {
  it('stands for each stage of a sign-in', () => {
    expect(proofs.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'Challenge',
        'VerifiedSignature',
        'ValidPath',
        'QualifiedCertificate',
        'OrganisationIdentity',
        'CurrentPath',
        'VerifiedPower',
      ]),
    );
  });

  it.each(proofs)('$type is made at one place, in $path', ({ type, path }) => {
    expect(makersOf(type)).toEqual([path]);
  });

  it('is found where it is made elsewhere, so that the test above can fail', () => {
    modules.set('elsewhere.ts', 'const forged = facts as ValidPath;');
    expect(makersOf('ValidPath')).toEqual(['path/validation.ts', 'elsewhere.ts']);
    modules.delete('elsewhere.ts');
  });
});
