import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { digest } from '../../src/algorithm/digest.ts';
import { digestInSlices } from '../../src/algorithm/digest-in-slices.ts';

it.each(['sha256', 'sha512', 'streebog256', 'streebog512', 'gost94'] as const)(
  '%s in slices is the digest of the whole, of any length',
  async (algorithm) => {
    for (const length of [0, 1, 131_071, 131_072, 131_073, 400_000]) {
      const data = randomBytes(length);
      expect(Buffer.from(await digestInSlices(algorithm, data))).toEqual(
        Buffer.from(digest(algorithm, data)),
      );
    }
  },
);

it('lets others have their turn while much is hashed', async () => {
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  await digestInSlices('streebog256', Buffer.alloc(8 * 1_048_576));
  clearInterval(counting);
  expect(turns).toBeGreaterThan(3);
});
