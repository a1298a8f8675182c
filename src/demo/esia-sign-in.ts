import { z } from 'zod';
import type { EsiaPortal } from './esia-portal.ts';
import { PageBrowser } from './page-browser.ts';
import type { RefusalStage } from './refusal.ts';

/** What a client that was built for ЕСИА is told of the person and the organisation. */
const toldAnswer = z.looseObject({
  person: z.looseObject({
    lastName: z.string(),
    firstName: z.string(),
    middleName: z.string().default(''),
    snils: z.string().default(''),
  }),
  roles: z.looseObject({
    elements: z.array(z.looseObject({ fullName: z.string(), ogrn: z.string(), chief: z.boolean() })).min(1),
  }),
});

/**
 * Signs in at a portal that was built for ЕСИА: by its client, the service's page and its question, and shows what the
 * client was told.
 */
export async function signInByEsia(
  { screen, words, token, certificates }: Pick<RefusalStage, 'screen' | 'words' | 'token' | 'certificates'>,
  portal: EsiaPortal,
): Promise<void> {
  const { person, roles } = await screen.step(words.esia, async () => {
    const browser = new PageBrowser();
    const signIn = await browser.open(portal.url);
    const back = await browser.sign(signIn.address, (text) =>
      token.sign(Buffer.from(text), certificates.good, certificates.chain),
    );
    const question = await browser.open(back);
    return toldAnswer.parse(JSON.parse((await browser.allow(question.address)).text));
  });
  const { lastName, firstName, middleName, snils } = person;
  screen.row(words.challenge, words.esiaAsked);
  screen.row(words.esiaPerson, `${[lastName, firstName, middleName].join(' ')}, ${snils}`);
  for (const { fullName, ogrn, chief } of roles.elements)
    screen.row(words.esiaRole, `${words.esiaChief(fullName, chief)}, ${ogrn}`);
  screen.passed(words.signedIn);
}
