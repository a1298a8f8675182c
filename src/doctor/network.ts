import { request } from 'undici';
import type { Certificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import { dispatcherBy } from '../fetch/dispatcher.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { proxyFor } from '../fetch/proxy.ts';
import { isFetched, listUrls, responderUrls } from '../revocation/url.ts';
import type { DoctorContext } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

/** How long a server may take, in milliseconds. */
const patience = 5_000;

/** Services accept signing times that differ by five minutes, and remark on nothing below half a minute. */
const greatestDifference = 300;
const noteworthyDifference = 30;

/** Most servers of authorities that are asked. */
const mostHosts = 12;

/**
 * Whether the sites where people sign in answer, and what their clocks say; whether the servers answer at which the
 * certificates' authorities publish what was revoked; and by which proxy. Any answer counts: nothing is read but its
 * date.
 */
export async function examineNetwork(
  context: DoctorContext,
  certificates: readonly Certificate[],
  proxy: ProxySettings | undefined,
): Promise<readonly Finding[]> {
  const ask = asker(proxy);
  const answers = await Promise.all(context.sites.map(async (site) => ({ site, answer: await ask(site) })));
  return [
    proxyFinding(context, proxy),
    ...answers.map(({ site, answer }) => siteFinding(context, site, answer)),
    ...(answers.length === 0 ? [good('network', context.words.sections.network, context.words.noSites)] : []),
    ...clockFinding(
      context,
      answers.flatMap(({ answer }) => ('difference' in answer ? [answer] : [])),
    ),
    await authorities(context, certificates, ask, proxy),
  ];
}

/** What a server said: its status, how long it took in ms, and by how many seconds its clock is ahead of ours. */
interface Answered {
  readonly status: number;
  readonly took: number;
  readonly difference: number | undefined;
}

interface Unanswered {
  readonly problem: string;
}

type Ask = (url: string) => Promise<Answered | Unanswered>;

function asker(proxy: ProxySettings | undefined): Ask {
  const dispatcher = dispatcherBy(proxy, { connect: { timeout: patience } });
  return async (url) => {
    const begun = Date.now();
    try {
      const { statusCode, headers, body } = await request(url, {
        method: 'HEAD',
        dispatcher,
        headersTimeout: patience,
        bodyTimeout: patience,
        signal: AbortSignal.timeout(patience),
      });
      await body.dump();
      const took = Date.now() - begun;
      const date = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
      // The date is in whole seconds, of some moment between question and answer.
      const difference = (date + 500 - (begun + took / 2)) / 1000;
      return { status: statusCode, took, difference: Number.isNaN(date) ? undefined : difference };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  };
}

/** Why there was no answer: the system's or OpenSSL's own name for it, of the error that lies deepest. */
function problemOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return 'no answer';
  return 'code' in deepest && typeof deepest.code === 'string' ? deepest.code : deepest.name;
}

/** Addresses of proxies without what they may hold of passwords. */
function proxyFinding({ words }: DoctorContext, proxy: ProxySettings | undefined): Finding {
  if (proxy?.http === undefined && proxy?.https === undefined)
    return good('network', words.proxy, words.noProxy);
  return good(
    'network',
    words.proxy,
    words.proxyFound(hostOf(proxy.http), hostOf(proxy.https ?? proxy.http), proxy.exceptFor ?? '—'),
  );
}

function hostOf(address: string | undefined): string {
  return address !== undefined && URL.canParse(address) ? new URL(address).host : '—';
}

function siteFinding(
  { language, words }: DoctorContext,
  site: string,
  answer: Answered | Unanswered,
): Finding {
  const name = words.site(site);
  if ('status' in answer) return good('network', name, words.siteAnswers(answer.status, answer.took));
  const { problem } = answer;
  const failure =
    problem === 'CERT_HAS_EXPIRED'
      ? new SealgateError('service_certificate_expired', { address: site })
      : new SealgateError('service_unreachable', { address: site, problem });
  return findingOf('network', name, failure, language);
}

/** By the first service that tells the time: all of them keep it. */
function clockFinding(
  { language, words, at }: DoctorContext,
  answers: readonly Answered[],
): readonly Finding[] {
  const difference = answers.find((answer) => answer.difference !== undefined)?.difference;
  if (difference === undefined) return [];
  const seconds = Math.abs(difference);
  if (seconds <= noteworthyDifference) {
    const unit = new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long' });
    return [good('network', words.clock, words.clockRight(unit.format(Math.max(1, Math.ceil(seconds)))))];
  }
  const skewed = new SealgateError('clock_skewed', {
    difference: seconds,
    allowed: greatestDifference,
    signedAt: new Date(at),
    at: new Date(at + difference * 1000),
  });
  const state = seconds > greatestDifference ? 'bad' : 'warning';
  return [findingOf('network', words.clock, skewed, language, state)];
}

async function authorities(
  { language, words }: DoctorContext,
  certificates: readonly Certificate[],
  ask: Ask,
  proxy: ProxySettings | undefined,
): Promise<Finding> {
  const urls = certificates.flatMap((certificate) => [
    ...listUrls(certificate),
    ...responderUrls(certificate),
  ]);
  const origins = [
    ...new Set(urls.filter((url) => isFetched(url) && URL.canParse(url)).map((url) => new URL(url).origin)),
  ];
  if (origins.length === 0) return good('network', words.authorities, words.noAuthorities);
  const wayTo = (url: URL) => {
    const by = proxyFor(proxy, url);
    return words.reached(url.host, by === undefined ? undefined : hostOf(by));
  };
  const asked = await Promise.all(
    origins
      .slice(0, mostHosts)
      .map(async (origin) => ({ way: wayTo(new URL(origin)), answer: await ask(origin) })),
  );
  const silent = asked.flatMap(({ way, answer }) => ('status' in answer ? [] : [way]));
  if (silent.length === 0) {
    return good(
      'network',
      words.authorities,
      words.authoritiesAnswer(asked.map(({ way }) => way).join(', ')),
    );
  }
  const unreachable = new SealgateError('authority_unreachable', { hosts: silent });
  return findingOf('network', words.authorities, unreachable, language, 'warning');
}
