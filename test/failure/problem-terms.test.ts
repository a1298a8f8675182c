import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { explain } from '../../src/failure/explain.ts';
import { problemIn } from '../../src/failure/problem-terms.ts';
import { schemaProblem } from '../../src/failure/schema-problem.ts';
import { parseSubject } from '../../src/token/subject.ts';

const sources = fileURLToPath(new URL('../../src', import.meta.url));

/** Texts of what is wrong, as the sources have them; a value in them stands as `…`. */
const places = [
  /(?:regex|refine)\([^\n]*?,\s*'([^']+)'/g,
  /\n\s*'(must [^']+)',?\n/g,
  /(?:message|error): '(must [^']+)'/g,
  /error = `([^`]+)`/g,
  /RangeError\(\s*['`]([^'`]+)['`]/g,
  /problem(?: =|:)\s*'([^'\n]+ [^'\n]+)'/g,
];

function textsIn(folder: string): readonly string[] {
  return readdirSync(join(sources, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(sources, folder, name), 'utf8');
      return places.flatMap((place) => [...text.matchAll(place)].map(([, found = '']) => found));
    })
    .map((text) => text.replace(/\$\{[^}]*\}/g, '…'));
}

function textOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof RangeError) return error.message;
  }
  throw new Error('it was not refused');
}

describe('what is wrong with a field', () => {
  it.each(['relying-party', 'service', 'operator', 'trust-list', 'secret', 'agent'])(
    'has its Russian wherever %s says it',
    (folder) => {
      const texts = textsIn(folder).filter((text) => /^[a-z]/.test(text));
      expect(texts.filter((text) => problemIn(text, 'ru') === text)).toEqual([]);
    },
  );

  it.each([
    ['CN', 'это не ИМЯ=значение: CN'],
    ['CN=', 'значение CN пусто'],
    ['CN="x', 'кавычка не закрыта'],
    ['', 'имя владельца пусто'],
    ['Ы=1', /^неизвестный атрибут Ы; известны .*\bCN\b.* и OID$/],
  ])('is told in Russian of the subject %s', (subject, told) => {
    const problem = textOf(() => parseSubject(subject));
    expect(problemIn(problem, 'ru')).toMatch(told);
    expect(problemIn(problem, 'en')).toBe(problem);
  });

  it('is shown in the reader’s language, with its values', () => {
    expect(problemIn('must be a whole number from 0 to 65535', 'ru')).toBe('нужно целое число от 0 до 65535');
    const details = { field: 'browser', problem: 'must have at most 64 characters' };
    expect(explain('request_malformed', details, 'ru').cause).toContain('не больше 64 знаков');
    expect(explain('request_malformed', details, 'en').cause).toContain('must have at most 64 characters');
  });
});

describe('what a schema finds', () => {
  const schema = z.strictObject({
    name: z.string().min(2).max(3).optional(),
    text: z.string().min(1).optional(),
    count: z.int().min(1).max(5).optional(),
    above: z.number().positive().optional(),
    list: z.array(z.string()).max(1).optional(),
    kind: z.enum(['a', 'b']).optional(),
    only: z.literal('x').optional(),
    flag: z.boolean().optional(),
    object: z.object({ inner: z.string() }).optional(),
    address: z.url().optional(),
    code: z.string().regex(/^\d$/).optional(),
    either: z.union([z.string(), z.number()]).optional(),
    third: z.number().multipleOf(3).optional(),
  });

  it.each([
    [{ name: 'a' }, 'must have at least 2 characters'],
    [{ name: 'abcd' }, 'must have at most 3 characters'],
    [{ name: 1 }, 'must be text'],
    [{ text: '' }, 'must not be empty'],
    [{ count: 0 }, 'must be at least 1'],
    [{ count: 6 }, 'must be at most 5'],
    [{ count: 1.5 }, 'must be a whole number'],
    [{ above: 0 }, 'must be more than 0'],
    [{ list: ['a', 'b'] }, 'must have at most 1 entries'],
    [{ list: 'a' }, 'must be a list'],
    [{ kind: 'c' }, 'must be one of a, b'],
    [{ only: 'y' }, 'must be x'],
    [{ flag: 'yes' }, 'must be true or false'],
    [{ object: {} }, 'is missing'],
    [{ object: 'x' }, 'must be an object'],
    [{ address: 'x' }, 'must be an address such as https://portal.example'],
    [{ code: 'x' }, 'has another form than expected'],
    [{ either: true }, 'fits none of the forms that are allowed here'],
    [{ third: 4 }, 'must be a multiple of 3'],
    [{ other: 1 }, 'unknown'],
  ])('in %j is told in words of our own, in both languages', (value, expected) => {
    const { error } = schema.safeParse(value, { error: schemaProblem });
    const problem = error?.issues[0]?.message ?? '';
    expect(problem).toBe(expected);
    expect(problemIn(problem, 'ru')).toMatch(/[а-я]/);
  });
});
