import { parentPort, workerData } from 'node:worker_threads';
import { parseCertificate } from '../certificate/certificate.ts';
import type { Details } from '../error.ts';
import { SealgateError } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { chooseGost } from '../gost/engine.ts';
import type { Pins } from './pin.ts';
import { openSignedList } from './signed-list.ts';

/** What the thread is asked. */
export interface VerifierQuestion {
  readonly document: Uint8Array;
  readonly pins: Pins;
  /** DER of the certificates that may help with the signer's path. */
  readonly known: readonly Uint8Array[];
  readonly at: number;
  /** The engine for GOST that this process has chosen: a thread would make its own choice. */
  readonly engine: string;
}

/** What it answers: the octets that the signature covers, or why not. */
export type VerifierAnswer =
  | { readonly content: Uint8Array }
  | { readonly code: FailureCode; readonly details: Details };

function answer({ document, pins, known, at, engine }: VerifierQuestion): VerifierAnswer {
  try {
    chooseGost(engine);
    const trust = { pins, known: known.map((der) => parseCertificate(der)) };
    return { content: openSignedList(document, trust, at).content };
  } catch (error) {
    if (error instanceof SealgateError) return { code: error.code, details: error.details };
    throw error;
  }
}

parentPort?.postMessage(answer(workerData as VerifierQuestion));
