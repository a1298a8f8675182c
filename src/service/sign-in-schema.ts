import { z } from 'zod';
import { policySchema } from '../relying-party/registration.ts';
import { askedOrganisation, loginAnswer } from './schema.ts';

const moment = z.iso.datetime().meta({ example: '2026-11-21T12:00:00.000Z' });

export const signInRequest = z
  .strictObject({
    returnUri: z
      .string()
      .min(1)
      .max(2_000)
      .meta({ description: 'Where people come back to; one of those registered, to the letter.' }),
    state: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .meta({ description: 'Comes back with the browser; what ties it to the portal’s own session.' }),
    language: z.enum(['en', 'ru']).optional().meta({
      description: 'Language of page and text, which the person can switch; the registered one if absent.',
    }),
    organisation: askedOrganisation.optional(),
    audience: z.string().min(1).max(255).optional(),
    minimumClass: policySchema.shape.minimumClass
      .unwrap()
      .optional()
      .meta({ description: 'Lowest class of the signing tool, where more is asked than is registered.' }),
  })
  .meta({ id: 'SignInRequest' });

export const signInAnswer = z
  .strictObject({ url: z.url().meta({ description: 'Where to send the browser.' }), expiresAt: moment })
  .meta({ id: 'OpenSignIn' });

export const signInCode = z.strictObject({ code: z.string().min(1).max(128) }).meta({ id: 'SignInCode' });

const { assertion, expiresAt, sessionId, organisation, signer, authority } = loginAnswer.shape;

export const signInResult = z
  .strictObject({
    ...{ assertion, expiresAt, sessionId, organisation, signer, authority },
    acr: z.string(),
    amr: z.array(z.string()),
    authenticatedAt: moment.meta({ description: 'When the signature was verified.' }),
    warnings: z.array(z.string()).optional().meta({ description: 'Checks that passed with a remark.' }),
  })
  .meta({ id: 'SignInResult' });
