import { expect, it } from 'vitest';
import { defined } from '../../src/optional.ts';

it('what is undefined is absent, and everything else stays, null and empty too', () => {
  const none = undefined as string | undefined;
  const made = defined({ a: 1, b: none, c: null, d: '', e: 0, f: false });
  expect(Object.keys(made)).toEqual(['a', 'c', 'd', 'e', 'f']);
  expect(made).toStrictEqual({ a: 1, c: null, d: '', e: 0, f: false });
});

it('has the types of what may be absent', () => {
  const some = 'text' as string | undefined;
  const made: { readonly sure: number; readonly open?: string } = defined({ sure: 1, open: some });
  expect(made).toStrictEqual({ sure: 1, open: 'text' });
  // @ts-expect-error what may be absent is not sure
  const wrong: { readonly open: string } = defined({ open: some });
  expect(wrong).toStrictEqual({ open: 'text' });
});
