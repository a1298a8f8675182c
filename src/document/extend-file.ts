import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { documentIn } from '../encoding/document.ts';
import { language } from '../environment.ts';
import { Fetcher, usualFetch } from '../fetch/fetcher.ts';
import { writeOver } from '../file/write-new.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { contextOfAnchors, readAnchors as parseAnchors } from '../validation/context.ts';
import { readFrom } from '../validation/file.ts';
import { type EncodedOptions, readAnchors, readEncoded } from '../validation/options.ts';
import { extendDocument } from './extend.ts';
import type { ExtensionLevel } from './extender.ts';
import { withContents } from './opened-file.ts';
import type { GivenDocument } from './validate.ts';

/** How far a document is to be extended, and by whose help. */
export interface ExtensionChoice extends EncodedOptions {
  readonly level?: 'B' | ExtensionLevel;
  /** Addresses of time-stamp authorities, in the order in which they are asked. */
  readonly tsa: readonly string[];
  /** Files of trusted certificates; without them nothing is fetched, and nobody is trusted. */
  readonly anchor: readonly string[];
  /** Local addresses or networks that evidence may be fetched from. */
  readonly network: readonly string[];
  readonly content: readonly string[];
  /** Nothing is fetched but time-stamps: evidence is what was given. */
  readonly offline?: boolean;
}

/** What `sealgate signature extend` is told. */
export interface ExtendOptions extends ExtensionChoice {
  readonly level: ExtensionLevel;
  readonly out?: string;
}

/** A document that was extended and written. */
export interface ExtendedFile {
  readonly out: string;
  readonly level: ExtensionLevel;
  /** Octets of the document. */
  readonly length: number;
}

/** Whoever types an address may ask it, wherever it is. */
const anywhere = ['0.0.0.0/0', '::/0'];

/**
 * Extends a document in a file and writes it over it, or where `out` says. Throws what `extendGiven` does.
 */
export async function extendFile(file: string, options: ExtendOptions): Promise<ExtendedFile> {
  const { level, content, out = file } = options;
  const document = readFrom(file, (octets) => documentIn(octets));
  const octets = await withContents(content, (contents) => extendGiven({ document, contents }, options));
  await writeOver(out, octets);
  return { out, level, length: octets.length };
}

/**
 * Extends a document as the options say; level B is what it is without. With anchors, lists and answers are fetched where
 * the certificates of validated paths say. Throws what `extendDocument` does, and an UnusableFile.
 */
export async function extendGiven(given: GivenDocument, options: ExtensionChoice): Promise<Uint8Array> {
  const { level = 'B', tsa, anchor, network, offline = false } = options;
  if (level === 'B') return given.document;
  const anchors = parseAnchors(readAnchors(anchor));
  const question = {
    ...readEncoded(options),
    ...({ at: Date.now(), profile: 'rfc5280', language: language() } as const),
  };
  const fetcher = new Fetcher({ ...usualFetch, allowedNetworks: anywhere });
  const sources = createSources({ ...usualSources, fetch: { ...usualFetch, allowedNetworks: network } });
  try {
    const order = { level, authorities: { urls: tsa, fetcher }, requiresTrust: anchor.length > 0 };
    const budget = new Budget(documentCommandLimits);
    const asks = level !== 'T' && anchor.length > 0 && !offline;
    const { octets } = await extendDocument(given, order, question, budget, (evidence, checks) => {
      const context = contextOfAnchors(anchors, evidence, question, budget, checks);
      return asks ? { ...context, sources, asksSources: true } : context;
    });
    return octets;
  } finally {
    await fetcher.close();
    await sources.fetcher.close();
  }
}
