import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { agentPorts } from '../agent/bridge-message.ts';
import type { RunningAgent } from '../agent/http/server.ts';
import { type Authority, createAuthority } from '../authority/authority.ts';
import { sampleSubscriber } from '../authority/configuration.ts';
import { attributesOf } from '../authority/subscriber.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { attributeOids } from '../certificate/name.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { makeFolder } from '../file/folder.ts';
import { defined } from '../optional.ts';
import { startDemoAgent } from './agent.ts';
import { chooseAlgorithm } from './choice.ts';
import { type EsiaPortal, openEsiaPortal } from './esia-portal.ts';
import { signInByEsia } from './esia-sign-in.ts';
import { noOpener } from './headless.ts';
import { killOneAmidst } from './kill.ts';
import { type DemoAlgorithm, type DemoOptions, demoAlgorithms } from './options.ts';
import { freePort } from './port.ts';
import { type DemoPortal, startPortal } from './portal.ts';
import { type Certificates, showRefusals } from './refusal.ts';
import type { Screen } from './screen.ts';
import { type DemoService, startDemoService } from './service.ts';
import { signInOnce, watchSignIns } from './sign-in.ts';
import { DemoToken } from './token.ts';
import { type Wording, wordings } from './wording.ts';

const ports = { service: 8080, portal: 8090, esia: 8095 };
const year = 12;

/** What was started for the story. */
interface Started {
  readonly service: DemoService;
  readonly portal: DemoPortal;
  readonly agent: RunningAgent;
  /** A portal that was built for ЕСИА, where it was asked for. */
  readonly esia?: EsiaPortal;
}

/** What goes on after the story was told. */
export interface RunningDemo {
  /** Address of the portal, and the PIN, with which a person signs in there. */
  readonly portal: string;
  readonly pin: string;
  readonly addresses: readonly (readonly [string, string])[];
  /** Shows who signs in, until `signal`. */
  watch(signal: AbortSignal): Promise<void>;
  /** Ends everything, in the right order. */
  close(): Promise<void>;
}

/**
 * Tells the whole story: authority, token, certificate, service, portal, agent, sign-in, refusals. Throws where a step
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
    for (const part of ['authority', 'token', 'service', 'agent']) {
      rmSync(join(folder, part), { recursive: true, force: true });
    }
    makeFolder(folder);

    const authority = await this.makeAuthority(algorithm);
    const token = await this.makeToken(algorithm);
    const certificates = await this.certify(authority, token);
    const { service, portal, agent, esia } = await this.start(authority, token);
    const stage = { screen, words, language: this.options.language, portal: portal.url, token, certificates };
    if (this.options.isOnce) await signInOnce({ ...stage, portal, agent });
    if (esia !== undefined) await signInByEsia(stage, esia);
    if (service.replicas !== undefined) await killOneAmidst({ ...stage, portal, agent }, service.replicas);
    await showRefusals(stage);
    return {
      portal: portal.url,
      pin: token.pin,
      addresses: [
        [words.portal, portal.url],
        ...(esia === undefined ? [] : [[words.esiaPortal, esia.url] as const]),
        [words.address, service.url],
        [words.agent, agent.agent.base],
        [words.jwks, `${service.url}/.well-known/jwks.json`],
        [words.contract, `${service.url}/openapi.json`],
        [words.health, `${service.url}/readyz`],
        [words.lists, authority.accredited.crlUrl],
        [words.answers, authority.accredited.ocspUrl],
      ],
      watch: (signal) => watchSignIns({ screen, words, portal, agent: agent.agent }, signal),
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
    const withdrawn = await authority.issue({
      publicKey: publicKey.der,
      subscriber,
      notBefore: addMonths(notBefore, -6),
      notAfter: addMonths(notBefore, 9),
    });
    authority.revoke(withdrawn.certificate, 'keyCompromise');
    return {
      good,
      expired: await token.importCertificate(past.certificate),
      revoked: await token.importCertificate(withdrawn.certificate),
      chain: issued.chain,
    };
  }

  private async start(authority: Authority, token: DemoToken): Promise<Started> {
    const { words, screen } = this;
    const { folder, language, isOnce, isEsia } = this.options;
    const started = await screen.step(words.service, async () => {
      const agent = await startDemoAgent(
        folder,
        token.choice,
        isOnce ? [0] : [...agentPorts, 0],
        isOnce ? noOpener : undefined,
      );
      this.ends.push(() => agent.close());
      const esia = isEsia ? await openEsiaPortal(isOnce ? 0 : await freePort(ports.esia)) : undefined;
      if (esia !== undefined) this.ends.push(() => esia.close());
      let service: DemoService | undefined;
      const portal = await startPortal(isOnce ? 0 : await freePort(ports.portal), async (url) => {
        const port = isOnce ? 0 : await freePort(ports.service);
        const own = { portal: url, agentPort: agent.port };
        const beside = esia && { portal: esia.url, system: esia.system };
        service = await startDemoService({
          folder,
          authority,
          language,
          port,
          ...own,
          replicas: this.options.replicas,
          ...defined({ esia: beside }),
        });
        const { clientId, clientSecret, centre } = service;
        this.ends.push(service.stop);
        esia?.serve(service.url);
        return { service: service.url, clientId, clientSecret, centre, language };
      });
      this.ends.push(() => portal.close());
      if (service === undefined) throw new Error('the service was not started');
      return { service, portal, agent, ...defined({ esia }) };
    });
    screen.row(words.address, started.service.url);
    screen.row(words.portal, started.portal.url);
    screen.row(words.agent, started.agent.agent.base);
    const { database, replicas } = started.service;
    screen.row(words.store, replicas === undefined ? shorter(database) : `PostgreSQL, ${database}`);
    if (replicas !== undefined) screen.row(words.processes, words.processesOf(replicas.count));
    return started;
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

/** A path as it is shortest to write from here. */
function shorter(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && fromHere.length < path.length && !fromHere.startsWith('..') ? fromHere : path;
}
