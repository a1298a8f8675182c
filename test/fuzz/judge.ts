import { EncodingError } from '../../src/asn1/error.ts';
import { SealgateError } from '../../src/error.ts';
import { XmlError } from '../../src/xml/error.ts';
import { XmlSignatureError } from '../../src/xml/signature-element.ts';
import type { Material, Verdict } from './kind.ts';

/** The verdict that `read` gives: its text is the meaning, its failures are refusals; other errors are thrown on. */
export function verdictOf(read: () => string): Verdict {
  try {
    return { outcome: 'accepted', meaning: read() };
  } catch (error) {
    return refusalOf(error);
  }
}

/** As `verdictOf`, for what ends later. */
export async function verdictLater(read: () => Promise<string>): Promise<Verdict> {
  try {
    return { outcome: 'accepted', meaning: await read() };
  } catch (error) {
    return refusalOf(error);
  }
}

/** Failures of Sealgate and of its readers are refusals; an error of its own, or any other, is a crash. */
function refusalOf(error: unknown): Verdict {
  if (error instanceof EncodingError || error instanceof XmlError || error instanceof XmlSignatureError)
    return { outcome: 'refused', reason: error.rule };
  if (!(error instanceof SealgateError) || error.code === 'internal_error') throw error;
  const { rule, problem, limit, reason } = error.details as Readonly<Record<string, unknown>>;
  const told = [error.code, rule ?? problem ?? limit, reason].filter((each) => typeof each === 'string');
  return { outcome: 'refused', reason: told.join(': ') };
}

/** One thing that a material has to have. */
export function part({ context }: Material, name: string): Uint8Array {
  const octets = context.get(name);
  if (octets === undefined) throw new Error(`the material lacks ${name}`);
  return octets;
}

/** A number that a material keeps as text, such as a time. */
export function numberIn(material: Material, name: string): number {
  return Number(Buffer.from(part(material, name)).toString());
}

/** Text as octets, for a material. */
export function octetsOf(text: string | number): Uint8Array {
  return Buffer.from(String(text));
}
