import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { assemble, attributeOf } from '../document/cades/assemble.ts';
import { examineMessage } from '../document/cades/examine.ts';
import { cadesOids } from '../document/cades/oids.ts';
import { partsOf } from '../document/cades/parts.ts';
import { noMaterial } from '../document/examined.ts';
import { SealgateError } from '../error.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import type { Signer } from '../token/signer.ts';
import { type MessageOptions, signOver } from './message.ts';

/** How somebody else signs a message that is signed already. */
export interface AddedSignatureOptions extends Pick<MessageOptions, 'signingTime' | 'scheme' | 'chain'> {
  /** What the message is over, where it is detached. */
  readonly content?: Uint8Array | undefined;
}

/**
 * A CMS message with a signer more beside those that there are, over the same content. Throws `signed_data_missing`
 * where the content is not at hand, what refuses a signature that is there, and as `makeMessage` does.
 */
export async function addSigner(
  message: Uint8Array,
  signer: Signer,
  options: AddedSignatureOptions,
): Promise<Uint8Array> {
  const content = await requireIntact(message, options.content);
  const made = await signOver(content, signer, options);
  const material = { ...noMaterial, certificates: made.certificates };
  const signed = assemble(partsOf(message), [], material, made);
  await requireIntact(signed, options.content);
  return signed;
}

/**
 * A CMS message whose every signature is countersigned (RFC 5652, section 11.4): each is confirmed as it stands, the
 * content through it. Throws as `addSigner` does.
 */
export async function addCounterSignature(
  message: Uint8Array,
  signer: Signer,
  options: AddedSignatureOptions,
): Promise<Uint8Array> {
  await requireIntact(message, options.content);
  const added: Uint8Array[][] = [];
  const certificates: Uint8Array[] = [];
  for (const { signature } of parseSignedData(message).signers) {
    const made = await signOver(signature, signer, { ...options, isCounterSignature: true });
    added.push([attributeOf(cadesOids.counterSignature, made.signerInfo)]);
    certificates.push(...made.certificates);
  }
  const signed = assemble(partsOf(message), added, { ...noMaterial, certificates });
  await requireIntact(signed, options.content);
  return signed;
}

/** The content of a message all of whose signatures and time-stamps hold. Throws what refuses the first that does not. */
async function requireIntact(message: Uint8Array, detached: Uint8Array | undefined): Promise<Uint8Array> {
  const examination = { contents: [], known: [], budget: new Budget(documentCommandLimits) };
  const { content, signatures } = await examineMessage(message, detached, examination);
  if (!(content instanceof Uint8Array)) throw new SealgateError('signed_data_missing');
  const found = signatures.flatMap(({ failure, timestamps, counterSignatures }) => [
    failure,
    ...timestamps.map((each) => each.failure),
    ...counterSignatures.map((each) => each.failure),
  ]);
  const first = found.find((failure) => failure !== undefined);
  if (first !== undefined) throw first;
  return content;
}
