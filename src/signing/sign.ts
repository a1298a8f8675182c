import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SealgateError } from '../error.ts';
import { writeOver } from '../file/write-new.ts';
import { openSigner, type SignerChoice } from '../token/command-line.ts';
import { makeMessage } from './message.ts';
import { requireCertificate } from './signer.ts';

/** What `sealgate sign` is told. */
export interface SignOptions extends SignerChoice {
  readonly detached?: boolean;
  readonly out?: string;
  /** The request that a challenge was asked for with; the file is the answer, and a login is made of them. */
  readonly login?: string;
}

/** A message that was made and written. */
export interface SignedFile {
  readonly out: string;
  /** Octets of the message. */
  readonly length: number;
  readonly form: 'attached' | 'detached';
}

/**
 * Signs a file as CAdES-BES and writes the message beside it, or where `out` says. Throws the failures of the
 * token, and `certificate_choice_needed` or `key_not_found` where the key has no certificate.
 */
export async function signFile(file: string, options: SignOptions): Promise<SignedFile> {
  if (options.login !== undefined) return signChallenge(file, options.login, options);
  const content = await readFile(file).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  const signer = await openSigner(options);
  try {
    const isDetached = options.detached === true;
    const message = await makeMessage(content, requireCertificate(signer), {
      isDetached,
      signingTime: Date.now(),
    });
    const out = options.out ?? `${file}.${isDetached ? 'sig' : 'p7m'}`;
    await writeOver(out, message);
    return { out, length: message.length, form: isDetached ? 'detached' : 'attached' };
  } finally {
    await signer.close();
  }
}

const challengeAnswer = z.object({ challenge: z.string(), text: z.string() });
const challengeRequest = z.object({ origin: z.string(), browser: z.string() });

/**
 * Signs the text of a challenge, which `POST /v1/challenges` answered to `request`, and writes the body for
 * `POST /v1/logins`. Throws `argument_invalid` for files that are neither, and as `signFile` does.
 */
async function signChallenge(answer: string, request: string, options: SignOptions): Promise<SignedFile> {
  const { challenge, text } = await readBody(answer, challengeAnswer);
  const { origin, browser } = await readBody(request, challengeRequest);
  const signer = await openSigner(options);
  try {
    const isDetached = options.detached === true;
    const choice = { isDetached, signingTime: Date.now() };
    const message = await makeMessage(Buffer.from(text), requireCertificate(signer), choice);
    const signature = Buffer.from(message).toString('base64');
    const out = options.out ?? `${answer}.login.json`;
    await writeOver(out, `${JSON.stringify({ challenge, signature, origin, browser })}\n`);
    return { out, length: message.length, form: isDetached ? 'detached' : 'attached' };
  } finally {
    await signer.close();
  }
}

async function readBody<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  try {
    return schema.parse(JSON.parse(content));
  } catch (cause) {
    throw new SealgateError('argument_invalid', { argument: file, problem: 'challenge-form' }, { cause });
  }
}
