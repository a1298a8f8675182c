import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parse as parseCsv } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fault, SealgateError } from '../../src/error.ts';
import { FetchFailure } from '../../src/fetch/failure.ts';
import { causesOf, causeText } from '../../src/service/cause.ts';
import { type LogLines, serviceLog } from '../../src/service/log.ts';

/** What no log may hold, wherever it stands. */
const marker = 'MARKER';

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

class Named extends Error {
  override readonly name = marker;
}

const withStack = (stack: string) => Object.assign(new Error('x'), { stack });

describe('what is told of an error', () => {
  it.each<[string, unknown]>([
    ['JSON', thrown(() => JSON.parse(`${marker} is no JSON`))],
    ['JSON, in the middle', thrown(() => JSON.parse(`{"a":"${marker}" "b"}`))],
    ['a number', thrown(() => BigInt(marker))],
    ['a date', thrown(() => new Date(marker).toISOString())],
    ['an address', thrown(() => new URL(marker))],
    [
      'a call of something else',
      thrown(() => (({ [marker]: 1 }) as unknown as Record<string, () => void>)[marker]?.()),
    ],
    ['a regular expression', thrown(() => new RegExp(`(${marker}`))],
    ['zod', thrown(() => z.strictObject({ a: z.literal('b') }).parse({ a: marker, [marker]: 1 }))],
    ['CSV', thrown(() => parseCsv(`a,b\n"${marker}"x,1`, { columns: true }))],
    [
      'XML',
      thrown(() => {
        const parser = new SaxesParser();
        parser.on('error', (error) => {
          throw error;
        });
        parser.write(`<a></${marker}>`).close();
      }),
    ],
    ['the system', thrown(() => readFileSync(`/nowhere/${marker}`))],
    ['SQLite', thrown(() => new DatabaseSync(':memory:').exec(`SELECT ${marker}`))],
    [
      'the details of a failure',
      new SealgateError('register_unavailable', { host: marker, problem: marker }),
    ],
    ['the details of a fetch', new FetchFailure('malformed', { rule: marker })],
    ['a message', new Error(marker)],
    ['a name', new Named('x')],
    ['a code', Object.assign(new Error('x'), { code: marker })],
    ['a text that was thrown', marker],
    ['an object that was thrown', { message: marker }],
    ['an aggregate', new AggregateError([new Error(marker)], marker)],
    ['a stack that does not begin with its message', withStack(`Error: y\n    at ${marker} (/x.ts:1:1)`)],
    ['a message with lines like frames', new Error(`a\n    at ${marker} (file:///x.ts:1:1)`)],
    ['a stack alone', withStack(`    at ${marker} (/x.ts:1:1)`)],
  ])('(%s) holds nothing of what it was about, alone or as a cause', (_, error) => {
    for (const each of [
      error,
      new SealgateError('internal_error', {}, { cause: error }),
      new Error('y', { cause: error }),
    ]) {
      expect(JSON.stringify(causesOf(each))).not.toContain(marker);
      expect(causeText(each)).not.toContain(marker);
      expect(causesOf(each).length).toBeGreaterThan(0);
    }
  });

  it('is enough to find it: class, code, the system’s words, and where in the code it arose', () => {
    expect(causesOf(thrown(() => readFileSync('/nowhere')))).toEqual([
      { kind: 'Error', code: 'ENOENT', problem: 'no such file or directory' },
    ]);
    expect(causesOf(thrown(() => new DatabaseSync('/nowhere/x')))).toEqual([
      { kind: 'Error', code: 'ERR_SQLITE_ERROR', problem: 'unable to open database file', number: 14 },
    ]);
    expect(
      causesOf(new SealgateError('storage_unavailable', {}, { cause: fault('the disk is', 13) })),
    ).toEqual([
      { kind: 'SealgateError', code: 'storage_unavailable' },
      { kind: 'Fault', problem: 'the disk is', number: 13 },
    ]);
    const [cause] = causesOf(thrown(() => JSON.parse('x')));
    expect(cause).toMatchObject({ kind: 'SyntaxError' });
    expect(cause?.frames?.some((frame) => frame.includes('cause.test.ts'))).toBe(true);
  });

  it('ends somewhere, also where causes lead in a circle', () => {
    const one = new Error('one');
    one.cause = new Error('two', { cause: one });
    expect(causesOf(one)).toHaveLength(5);
  });
});

describe('a line of the log', () => {
  const written = (fields: object, line: keyof LogLines = 'answered') => {
    const lines: string[] = [];
    const log = serviceLog('trace', { write: (text: string) => void lines.push(text) });
    log.write('info', line, fields as LogLines['answered']);
    return JSON.parse(lines.join('')) as Record<string, unknown>;
  };
  const honest = {
    traceId: 'ab'.repeat(16),
    method: 'POST',
    route: '/v1/organisations/:ogrn/carriers',
    status: 401,
    milliseconds: 3,
    code: 'certificate_revoked',
  };

  it('has the fields that it may have', () => {
    expect(written(honest)).toMatchObject(honest);
  });

  it.each(Object.keys(honest))(
    'leaves out %s where it is of another form, whatever the types said',
    (name) => {
      const { [name]: _, ...others } = written({ ...honest, [name]: `${marker} <x>` });
      expect(JSON.stringify(others)).not.toContain(marker);
      expect(written({ ...honest, [name]: `${marker} <x>` })).not.toHaveProperty(name);
    },
  );

  it('has no other fields', () => {
    expect(JSON.stringify(written({ ...honest, detail: marker, [marker]: 1 }))).not.toContain(marker);
  });
});

it('a fault is made of a constant and nothing else', () => {
  const text: string = marker;
  // @ts-expect-error a text that is not known to the compiler may have come from anywhere
  fault(text);
  // @ts-expect-error and so may a part of it
  fault(`the host ${text} is down` as const);
  expect(fault('a constant', 5)).toMatchObject({ message: 'a constant', number: 5 });
});
