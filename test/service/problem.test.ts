import { describe, expect, it } from 'vitest';
import { failures } from '../../src/failure/catalogue.ts';
import { problemCodes, toProblem } from '../../src/service/problem.ts';
import { sampleFailure } from '../failure-code.ts';

describe('a failure over HTTP', () => {
  it.each(problemCodes)(
    '%s is a problem with its status and the headers that go with it, in both languages',
    (code) => {
      const failure = sampleFailure(code);
      for (const language of ['en', 'ru'] as const) {
        const { problem, headers } = toProblem(failure, language, 'trace');
        const { stage, indication } = failures[code];
        expect(problem).toMatchObject({ code, stage, indication, traceId: 'trace' });
        expect(problem.type).toBe(`urn:sealgate:failure:${code}`);
        expect(problem.title).toBe(failures[code][language].title);
        expect(`${problem.detail}${problem.remedy}`).not.toMatch(/[{}]/);
        expect(headers['content-language']).toBe(language);
        if (problem.status === 429 || problem.status === 503)
          expect(Number(headers['retry-after'])).toBeGreaterThan(0);
        if (problem.status === 401) expect(headers['www-authenticate']).toBeTruthy();
        expect(headers.allow).toBe(code === 'method_not_allowed' ? 'value' : undefined);
      }
    },
  );

  it('tells how long to wait where that is known, and a customary time where it is not', () => {
    const wait = (code: (typeof problemCodes)[number]) =>
      toProblem(sampleFailure(code), 'en', 'trace').headers['retry-after'];
    expect(wait('rate_limited')).toBe('1');
    expect(wait('storage_unavailable')).toBe('30');
  });
});
