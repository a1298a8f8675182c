import type { Kind } from './kind.ts';
import { answer } from './kinds/answer.ts';
import { assertion } from './kinds/assertion.ts';
import { body } from './kinds/body.ts';
import { certificate } from './kinds/certificate.ts';
import { challenge } from './kinds/challenge.ts';
import { der } from './kinds/der.ts';
import { list } from './kinds/list.ts';
import { ecdsaMessage, gostMessage, rsaMessage } from './kinds/message.ts';
import { powerOfAttorney } from './kinds/power-of-attorney.ts';
import { trustList } from './kinds/trust-list.ts';
import { xmlSignature } from './kinds/xml-signature.ts';

/** Every kind of object that strangers send. */
export const kinds: readonly Kind[] = [
  der,
  certificate,
  list,
  answer,
  rsaMessage,
  ecdsaMessage,
  gostMessage,
  xmlSignature,
  trustList,
  powerOfAttorney,
  challenge,
  assertion,
  body,
];
