import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { type Authority, createAuthority } from '../authority/authority.ts';
import { sampleSubscriber } from '../authority/configuration.ts';
import { toolClasses } from '../authority/profile.ts';
import { attributesOf } from '../authority/subscriber.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { attributeOids } from '../certificate/name.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { makeFolder } from '../file/folder.ts';
import { defined } from '../optional.ts';
import { Browser, type SignedIn } from './browser.ts';
import { chooseAlgorithm } from './choice.ts';
import { type EsiaPortal, openEsiaPortal } from './esia-portal.ts';
import { type DemoAlgorithm, type DemoOptions, demoAlgorithms } from './options.ts';
import { PageBrowser } from './page-browser.ts';
import { freePort } from './port.ts';
import { type DemoPortal, startPortal } from './portal.ts';
import { type Certificates, type SignedChallenge, showRefusals } from './refusal.ts';
import type { Screen } from './screen.ts';
import { type DemoService, startDemoService } from './service.ts';
import { DemoToken } from './token.ts';
import { type Wording, wordings } from './wording.ts';

const ports = { service: 8080, portal: 8090, esia: 8095 };
const year = 12;

/** What a client that was built for ЕСИА is told of the person and the organisation. */
const esiaAnswer = z.looseObject({
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

interface Started {
  readonly service: DemoService;
  readonly portal: DemoPortal;
  readonly esia?: EsiaPortal;
}

/** What goes on after the story was told; `close` ends it in the right order. */
export interface RunningDemo {
  readonly addresses: readonly (readonly [string, string])[];
  close(): Promise<void>;
}

/**
 * Tells the whole story: authority, token, certificate, service, portal, sign-in, refusals. Throws where a step
 * fails, and where something that has to be refused is let in; what was started is ended then.
 */
export async function runDemo(options: DemoOptions, screen: Screen): Promise<RunningDemo> {
  const demo = new Demo(options, screen);
  try {
    return await demo.run();
  } catch (error) {
    await demo.close();
    throw error;
  }
}

class Demo {
  private readonly options: DemoOptions;
  private readonly screen: Screen;
  private readonly words: Wording;
  private readonly ends: (() => Promise<void> | void)[] = [];

  constructor(options: DemoOptions, screen: Screen) {
    this.options = options;
    this.screen = screen;
    this.words = wordings[options.language];
  }

  async run(): Promise<RunningDemo> {
    const { words, screen } = this;
    const { algorithm, missing } = await chooseAlgorithm(this.options.algorithm);
    const { folder } = this.options;
    screen.title(
      words.title,
      `${words.algorithms[algorithm]} · Node ${process.versions.node} · ${shorter(folder)}`,
    );
    if (missing !== undefined) screen.note(words.noGostToken(missing));
    for (const part of ['authority', 'token', 'service']) {
      rmSync(join(folder, part), { recursive: true, force: true });
    }
    makeFolder(folder);

    const authority = await this.makeAuthority(algorithm);
    const token = await this.makeToken(algorithm);
    const certificates = await this.certify(authority, token);
    const { service, portal, esia } = await this.start(authority);
    const replay = await this.signIn(portal, token, certificates);
    if (esia !== undefined) await this.signInByEsia(esia, token, certificates);
    await showRefusals({
      screen,
      words,
      language: this.options.language,
      portal: portal.url,
      token,
      certificates,
      replay,
    });
    return {
      addresses: [
        [words.portal, portal.url],
        ...(esia === undefined ? [] : [[words.esiaPortal, esia.url] as const]),
        [words.address, service.url],
        [words.jwks, `${service.url}/.well-known/jwks.json`],
        [words.contract, `${service.url}/openapi.json`],
        [words.health, `${service.url}/readyz`],
        [words.lists, authority.accredited.crlUrl],
        [words.answers, authority.accredited.ocspUrl],
      ],
      close: () => this.close(),
    };
  }

  /** Ends everything, the last first. */
  async close(): Promise<void> {
    for (let end = this.ends.pop(); end !== undefined; end = this.ends.pop()) await end();
  }

  private async makeAuthority(algorithm: DemoAlgorithm): Promise<Authority> {
    const { words, screen } = this;
    const authority = await screen.step(words.authority, () =>
      createAuthority({
        algorithm: demoAlgorithms[algorithm].authority,
        at: addMonths(Date.now(), -2 * year),
        folder: join(this.options.folder, 'authority'),
        serve: {},
      }),
    );
    this.ends.push(() => authority.close());
    screen.row(words.root, nameOf(authority.root.certificate));
    screen.row(words.issuing, nameOf(authority.accredited.certificate));
    screen.row(words.lists, authority.accredited.crlUrl);
    screen.row(words.answers, authority.accredited.ocspUrl);
    return authority;
  }

  private async makeToken(algorithm: DemoAlgorithm): Promise<DemoToken> {
    const { words, screen } = this;
    const kind = demoAlgorithms[algorithm].token;
    const folder = join(this.options.folder, 'token');
    const token = await screen.step(words.token, () => DemoToken.make(folder, kind));
    this.ends.push(() => token.close());
    const { title, path } = token.module.library;
    screen.row('', words.tokenNamed(token.token.label, token.token.serial));
    screen.row(words.library, `${title}, ${shorter(path)}`);
    await screen.step(words.key, () => token.generate(kind));
    screen.row('', `${words.algorithms[algorithm]}; ${words.keyKept}`);
    return token;
  }

  /** One key, three certificates: the good one, one whose term is over, one that is revoked. */
  private async certify(authority: Authority, token: DemoToken): Promise<Certificates> {
    const { words, screen } = this;
    const subscriber = sampleSubscriber('legal-entity');
    const { issued, good } = await screen.step(words.certificate, async () => {
      const request = await token.request(attributesOf(subscriber));
      const issued = await authority.issue({ request, subscriber });
      return { issued, good: await token.importCertificate(issued.certificate) };
    });
    const { publicKey, notBefore, notAfter } = parseCertificate(issued.certificate);
    const { name, inn, ogrn } = subscriber.organisation;
    const { surname, givenName, title } = subscriber.person;
    screen.row(words.organisation, name);
    screen.row('', words.numbers(inn, ogrn));
    screen.row(words.signer, [`${surname} ${givenName}`, title].filter(Boolean).join(', '));
    screen.row(words.term, words.termOf(this.day(notBefore), this.day(notAfter)));
    screen.passed(words.imported);

    const past = await authority.issue({
      publicKey: publicKey.der,
      subscriber,
      notBefore: addMonths(notBefore, -15),
      notAfter: addMonths(notBefore, -1),
    });
    const withdrawn = await authority.issue({ publicKey: publicKey.der, subscriber });
    authority.revoke(withdrawn.certificate, 'keyCompromise');
    return {
      good,
      expired: await token.importCertificate(past.certificate),
      revoked: await token.importCertificate(withdrawn.certificate),
      chain: issued.chain,
    };
  }

  private async start(authority: Authority): Promise<Started> {
    const { words, screen } = this;
    const { folder, language, isOnce, isEsia } = this.options;
    const started = await screen.step(words.service, async () => {
      const port = async (usual: number) => (isOnce ? 0 : freePort(usual));
      const esia = isEsia ? await openEsiaPortal(await port(ports.esia)) : undefined;
      if (esia !== undefined) this.ends.push(() => esia.close());
      let service: DemoService | undefined;
      const portal = await startPortal(await port(ports.portal), async (url) => {
        service = await startDemoService({
          ...{ folder, authority, portal: url, language, port: await port(ports.service) },
          ...(esia === undefined ? {} : { esia: { portal: esia.url, system: esia.system } }),
        });
        const { clientId, clientSecret } = service;
        this.ends.push(service.stop);
        esia?.serve(service.url);
        return { service: service.url, clientId, clientSecret, language };
      });
      this.ends.push(() => portal.close());
      if (service === undefined) throw new Error('the service was not started');
      return { service, portal, ...defined({ esia }) };
    });
    screen.row(words.address, started.service.url);
    screen.row(words.portal, started.portal.url);
    screen.row(words.store, shorter(started.service.database));
    return started;
  }

  /** The sign-in itself; returns the signed text, to be handed in once more. */
  private async signIn(
    portal: DemoPortal,
    token: DemoToken,
    certificates: Certificates,
  ): Promise<SignedChallenge> {
    const { words, screen } = this;
    const browser = new Browser(portal.url);
    const { who, text, signed, times } = await screen.step(words.signIn, async () => {
      const start = performance.now();
      const { challenge, text } = await browser.challenge();
      const asked = performance.now();
      const signature = await token.sign(Buffer.from(text), certificates.good, certificates.chain);
      const made = performance.now();
      const who = await browser.signIn(challenge, signature);
      const times = [asked - start, made - asked, performance.now() - made];
      return { who, text, signed: { browser, challenge, signature }, times };
    });
    screen.row(words.challenge, words.challengeGot, times[0]);
    screen.box(text.trimEnd());
    screen.row(words.signature, words.signatureMade(signed.signature.length), times[1]);
    screen.row(words.verification, words.verificationDone, times[2]);
    this.showWho(who);
    await screen.step(words.again, async () => {
      const warm = new Browser(portal.url);
      const { challenge, text } = await warm.challenge();
      const signature = await token.sign(Buffer.from(text), certificates.good, certificates.chain);
      await warm.signIn(challenge, signature);
    });
    return signed;
  }

  /** The same organisation at a portal that was built for ЕСИА: by its client, the service's page and its question. */
  private async signInByEsia(
    portal: EsiaPortal,
    token: DemoToken,
    certificates: Certificates,
  ): Promise<void> {
    const { words, screen } = this;
    const who = await screen.step(words.esia, async () => {
      const browser = new PageBrowser();
      const signIn = await browser.open(portal.url);
      const back = await browser.sign(signIn.address, (text) =>
        token.sign(Buffer.from(text), certificates.good, certificates.chain),
      );
      const question = await browser.open(back);
      return esiaAnswer.parse(JSON.parse((await browser.allow(question.address)).text));
    });
    const { lastName, firstName, middleName, snils } = who.person;
    screen.row(words.challenge, words.esiaAsked);
    screen.row(words.esiaPerson, `${[lastName, firstName, middleName].join(' ')}, ${snils}`);
    for (const { fullName, ogrn, chief } of who.roles.elements)
      screen.row(words.esiaRole, `${words.esiaChief(fullName, chief)}, ${ogrn}`);
    screen.passed(words.signedIn);
  }

  private showWho({ claims, checks }: SignedIn): void {
    const { words, screen } = this;
    const { organisation, signer, acr, sid } = claims;
    screen.passed(words.signedIn);
    screen.row(words.organisation, organisation.name);
    screen.row('', words.numbers(organisation.inn ?? '–', organisation.ogrn ?? '–'));
    screen.row(words.signer, [signer.name, signer.position].filter(Boolean).join(', '));
    screen.row(words.level, shownLevel(acr));
    screen.row(words.session, sid);
    const stages = [...new Set(checks.map(({ stage }) => stage))].map((stage) => {
      const outcomes = checks.filter((check) => check.stage === stage).map(({ outcome }) => outcome);
      const passed = outcomes.filter((outcome) => outcome === 'passed').length;
      const remarks = outcomes.filter((outcome) => outcome === 'warning').length;
      return words.checksOf(words.stages[stage] ?? stage, passed, remarks);
    });
    screen.row(words.checks, stages.join(' · '));
  }

  private day(at: number): string {
    return new Date(at).toLocaleDateString(this.options.language === 'ru' ? 'ru-RU' : 'en-GB', {
      dateStyle: 'medium',
    });
  }
}

function nameOf(certificate: Uint8Array): string {
  return parseCertificate(certificate).subject.text(attributeOids.commonName) ?? '';
}

/** `acr` names a class of signing tools by the identifier of its policy; people know it by its letters. */
function shownLevel(acr: string): string {
  const number = /^urn:oid:1\.2\.643\.100\.113\.([1-6])$/.exec(acr)?.[1];
  return (number === undefined ? undefined : toolClasses[Number(number) - 1]) ?? acr;
}

/** A path as it is shortest to write from here. */
function shorter(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && fromHere.length < path.length && !fromHere.startsWith('..') ? fromHere : path;
}
