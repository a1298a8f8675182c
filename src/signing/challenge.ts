import { z } from 'zod';
import { SealgateError } from '../error.ts';
import type { Signer } from '../token/signer.ts';
import type { NamedFile } from './file.ts';
import { makeMessage } from './message.ts';

const challengeAnswer = z.object({ challenge: z.string(), text: z.string() });
const challengeRequest = z.object({ origin: z.string(), browser: z.string() });

/**
 * Signs the text of a challenge, which `POST /v1/challenges` answered to `request`; gives the body for `POST /v1/logins`.
 * Throws `argument_invalid` for files that are neither, and as `makeMessage` does.
 */
export async function signChallenge(
  answer: NamedFile,
  request: NamedFile,
  signer: Signer,
  isDetached: boolean,
): Promise<string> {
  const { challenge, text } = parseBody(answer, challengeAnswer);
  const { origin, browser } = parseBody(request, challengeRequest);
  const message = await makeMessage(Buffer.from(text), signer, { isDetached, signingTime: Date.now() });
  const signature = Buffer.from(message).toString('base64');
  return `${JSON.stringify({ challenge, signature, origin, browser })}\n`;
}

function parseBody<T>({ file, octets }: NamedFile, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(octets).toString('utf8')));
  } catch (cause) {
    throw new SealgateError('argument_invalid', { argument: file, problem: 'challenge-form' }, { cause });
  }
}
