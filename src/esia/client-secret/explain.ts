import { setImmediate } from 'node:timers/promises';
import type { Certificate } from '../../certificate/certificate.ts';
import type { EsiaTerm } from '../../failure/esia-terms.ts';
import { defined } from '../../optional.ts';
import { certificatesOf } from '../../relying-party/esia-system.ts';
import type { ClientSystem } from '../../relying-party/registry.ts';
import { attachedContent, verifyCmsSecret } from './cms.ts';
import { decodeSecret } from './encoding.ts';
import { certificateHash, rawSecretLength, verifyRawSecret } from './raw.ts';
import { type SignedParts, signedString } from './signed-string.ts';
import type { SignedRequest } from './verify.ts';

/** What a signature turned out to be that does not sign its request. */
export interface SecretFindings {
  /** What came; undefined where it could not be decoded. */
  readonly came: { readonly kind: 'cms' | 'raw' | 'other'; readonly octets: number } | undefined;
  /** The string that was signed instead, where it came along or was found by trying. */
  readonly signed?: string;
  /** What is different, in terms of the vocabulary. */
  readonly differences: readonly EsiaTerm[];
}

/** A mistake that clients make, and how a request would look that made it. */
interface Attempt {
  readonly difference: EsiaTerm;
  readonly expected: string;
  readonly secret?: Uint8Array;
}

/**
 * Looks what a signature signs that does not sign its request, by trying the mistakes that are known of clients. Each
 * try costs a verification, so that whoever asks has to be within limits; between two of them others get their turn.
 */
export async function explainSecret(client: ClientSystem, request: SignedRequest): Promise<SecretFindings> {
  const octets = decodeSecret(request.secret);
  if (octets === undefined) return { came: undefined, differences: [] };
  const content = octets[0] === 0x30 ? attachedContent(octets) : undefined;
  const isCms = octets[0] === 0x30 && octets.length > rawSecretLength;
  const kind = isCms ? 'cms' : octets.length === rawSecretLength ? 'raw' : 'other';
  const found = await firstThatHolds(attemptsOf(request, octets), certificatesOf(client.esia), kind);
  const signed = found?.expected ?? (content && Buffer.from(content).toString());
  return {
    came: { kind, octets: octets.length },
    ...defined({ signed }),
    differences: found === undefined ? [] : [found.difference],
  };
}

async function firstThatHolds(
  attempts: readonly Attempt[],
  registered: readonly Certificate[],
  kind: 'cms' | 'raw' | 'other',
): Promise<Attempt | undefined> {
  if (kind === 'other') return undefined;
  for (const attempt of attempts) {
    if (attempt.secret === undefined) continue;
    const expected = Buffer.from(attempt.expected);
    for (const certificate of registered) {
      const verdict =
        kind === 'cms'
          ? verifyCmsSecret(attempt.secret, expected, [certificate])
          : verifyRawSecret(attempt.secret, expected, certificateHash(certificate), [certificate]);
      if ('certificate' in verdict) return attempt;
      await setImmediate();
    }
  }
  return undefined;
}

function attemptsOf({ form, parts }: SignedRequest, secret: Uint8Array): readonly Attempt[] {
  const expected = signedString(form, parts);
  const other = form === 'cms' ? 'raw' : 'cms';
  const changed = (difference: EsiaTerm, change: Partial<SignedParts>): Attempt => ({
    difference,
    expected: signedString(form, { ...parts, ...change }),
    secret,
  });
  const reversed = Uint8Array.from(secret).reverse();
  const swapped = Buffer.concat([secret.subarray(32), secret.subarray(0, 32)]);
  return [
    { difference: 'esia-found-right-string', expected, secret },
    {
      difference: form === 'raw' ? 'esia-found-order-v1' : 'esia-found-order-v2',
      expected: signedString(other, parts),
      secret,
    },
    changed('esia-found-without-code', { code: '' }),
    changed('esia-found-without-redirect', { redirectUri: '' }),
    changed('esia-found-without-scope-org', { scopeOrg: '' }),
    changed('esia-found-encoded-redirect', { redirectUri: encodeURIComponent(parts.redirectUri) }),
    changed('esia-found-scope-commas', { scope: parts.scope.replaceAll(' ', ',') }),
    { difference: 'esia-found-line-end', expected: `${expected}\n`, secret },
    { difference: 'esia-found-reversed', expected, secret: reversed },
    { difference: 'esia-found-swapped', expected, secret: swapped },
  ];
}
