import { z } from 'zod';
import { expectHead } from '../account/insider.ts';
import { powersPage, withdraw } from '../account/powers.ts';
import { powers } from '../account/view/given.ts';
import { messageIn } from '../encoding/message.ts';
import { SealgateError } from '../error.ts';
import { largestPower } from '../power-of-attorney/element.ts';
import { type AccountCall, accountRoute, doneAt, section } from './account-call.ts';
import { conform } from './body.ts';
import { parameter, readForm } from './page-request.ts';
import type { Answer, PageRoute } from './route.ts';

/** Powers of attorney at the account page: what there is, laying one ready, and withdrawing one. */
export const accountPowerRoutes: readonly PageRoute[] = [
  accountRoute('get', '/powers', (call) => showPowers(call)),
  accountRoute('post', '/powers/add', addPower),
  accountRoute('post', '/powers/withdraw', async (call) => {
    const { number, first } = conform(ofPower, Object.fromEntries(await readForm(call)));
    const meant = { number, first: first === '' ? null : first };
    await withdraw(call.service.database, call.insider, meant, call.at);
    return doneAt(call, '/powers', 'power-withdrawn');
  }),
];

const ofPower = z.strictObject({ number: z.guid(), first: z.union([z.literal(''), z.guid().toLowerCase()]) });

async function showPowers(call: AccountCall, refused?: unknown): Promise<Answer> {
  const { service, insider, request, facts } = call;
  const { database, verifyPower } = service;
  const page = await powersPage(database, insider.subject, parameter(request, 'after', 128));
  const content = powers(facts, insider, page.powers, { next: page.next, mayAdd: verifyPower !== undefined });
  return section(call, 'powers', content, { refused });
}

/** Lays a power ready that the head hands in as two files. A refusal says below the section what is wrong with them. */
async function addPower(call: AccountCall): Promise<Answer> {
  const { service, insider, request, at } = call;
  if (service.verifyPower === undefined) throw new SealgateError('resource_unknown', { path: request.path });
  try {
    expectHead(insider);
    const form = await readForm(call);
    const document = await fileIn(form, 'document');
    const signature = messageIn(await fileIn(form, 'signature'), 'signature');
    await service.verifyPower({ document, signature }, insider.client.policy, at, insider.subject);
  } catch (error) {
    return showPowers(call, error);
  }
  return doneAt(call, '/powers', 'power-added');
}

/** A file of a form. Throws `request_malformed` where there is none, and `request_too_large`. */
async function fileIn(form: FormData, field: string): Promise<Uint8Array> {
  const file = form.get(field);
  if (!(file instanceof File) || file.size === 0)
    throw new SealgateError('request_malformed', { field, problem: 'is missing' });
  if (file.size > largestPower) throw new SealgateError('request_too_large', { field, limit: largestPower });
  return new Uint8Array(await file.arrayBuffer());
}
