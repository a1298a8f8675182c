import type { Language } from '../../failure/failure.ts';
import { safeText } from '../../failure/value.ts';
import { keyAlgorithms, planKeyPair } from '../../token/key-pair.ts';
import { nameOfAlgorithm } from '../../token/shown-key.ts';
import type { FoundToken, FoundTokens } from '../care/found-token.ts';
import { anyFailureView } from './demand.ts';
import type { TokensView, TokenView } from './model.ts';

/** Qualified certificates are of GOST keys. */
const keysFirstOfGost = keyAlgorithms.toSorted(
  (one, other) => Number(other.startsWith('gost')) - Number(one.startsWith('gost')),
);

/** The tokens for the agent's page. Names come from drivers and certificates, and are made safe to show. */
export function tokensView({ tokens, troubles }: FoundTokens, language: Language): TokensView {
  return {
    tokens: tokens.map((each) => tokenView(each, language)),
    troubles: troubles.map(({ module, failure }) => ({
      module,
      failure: anyFailureView(failure, language),
    })),
  };
}

function tokenView({ id, module, token, contents, failure }: FoundToken, language: Language): TokenView {
  const { label, serial, model, isInitialized, hasPinPad, pin, officerPin, mustChangePin } = token;
  return {
    id,
    module: module.library.name,
    label: safeText(label.trim()),
    serial: safeText(serial.trim()),
    model: safeText(model.trim()),
    ...{ isInitialized, hasPinPad, pin, officerPin, mustChangePin },
    algorithms: keysFirstOfGost.filter((algorithm) =>
      token.mechanisms.includes(planKeyPair(algorithm, '').mechanism.type),
    ),
    keys: contents.keys.map(({ id: keyId, label: name, publicKey, certificates }) => ({
      id: keyId,
      label: safeText(name),
      ...(publicKey !== undefined && { algorithm: nameOfAlgorithm(publicKey) }),
      certificates: certificates.map(({ certificate }) => ({
        fingerprint: certificate.sha256,
        name: safeText(certificate.shortName),
        notAfter: certificate.notAfter,
      })),
    })),
    ...(failure !== undefined && { failure: anyFailureView(failure, language) }),
  };
}
