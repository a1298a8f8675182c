import type { Request } from 'express';
import type { z } from 'zod';
import type { Insider } from '../account/insider.ts';
import type { RefusedAssertions } from '../assertion/refused.ts';
import type { FailureCode } from '../error.ts';
import type { Esia } from '../esia/context.ts';
import type { LoginDependencies } from '../login/request.ts';
import type { VerifyPower } from '../login/verify.ts';
import type { Oidc } from '../oidc/oidc.ts';
import type { AuthenticatedClient, ClientRegistry } from '../relying-party/registry.ts';
import type { ServiceTrust } from '../validation/context.ts';
import type { BodyType } from './body.ts';
import type { Patience } from './connections.ts';
import type { RateLimit } from './limit.ts';
import type { ServiceLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Pages } from './pages.ts';
import type { Reading } from './reading.ts';
import type { RefusedRequests } from './refused-requests.ts';
import type { Upload } from './upload.ts';
import type { Uploads } from './uploads.ts';

/** Everything that requests are answered with. */
export interface Service extends LoginDependencies {
  readonly clients: ClientRegistry;
  /** Stylesheet, script and settings of the pages. */
  readonly pages: Pages;
  /** OpenID Connect for relying parties that registered for it. */
  readonly oidc: Oidc;
  /** Verifies powers of attorney and takes them into an organisation's account, where the service does that. */
  readonly verifyPower?: VerifyPower;
  /** What certificates and documents are validated by; absent where the service has no trust of its own. */
  readonly validation?: ServiceTrust;
  /** The front that speaks ЕСИА's dialect; absent where it is off. */
  readonly esia?: Esia;
  /** For each relying party. */
  readonly limit: RateLimit;
  /** For organisations, of requests about themselves, by organisation and certificate. */
  readonly organisationLimit: RateLimit;
  readonly refusedAssertions: RefusedAssertions;
  readonly refusedRequests: RefusedRequests;
  /** For each address of strangers: of what anybody may ask, and of attempts that proved nothing. */
  readonly strangers: RateLimit;
  /** Bodies that are coming in. */
  readonly reading: Reading;
  /** Files that relying parties send. */
  readonly uploads: Uploads;
  /** Files that people give to the page of verification; absent where that is off. */
  readonly verification?: { readonly uploads: Uploads; readonly limit: RateLimit };
  readonly patience: Patience;
  /** The contract, made once: JSON in UTF-8. */
  readonly openApi: Promise<Uint8Array>;
  readonly metrics: Metrics;
  readonly log: ServiceLog;
  /** Now, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** What every handler is given. */
export interface Call {
  readonly service: Service;
  readonly at: number;
  readonly traceId: string;
  readonly request: Request;
}

/** A call whose body has been read and whose relying party has proven itself. */
export interface ClientCall<Body> extends Call {
  readonly client: AuthenticatedClient;
  readonly body: Body;
}

/** A call that brings files, of a relying party that has proven itself. */
export interface UploadCall extends Call {
  readonly client: AuthenticatedClient;
  readonly upload: Upload;
}

/** A call of an organisation about itself, opened by an assertion of its own. */
export interface OrganisationCall<Body> extends Call {
  /** Who asks, as the assertion proves: of the organisation of the address. */
  readonly insider: Insider;
  readonly body: Body;
}

/** What a handler gives back: a value that becomes JSON, or text, or octets, as they are. */
export interface Answer {
  readonly body: unknown;
  readonly type?: string;
  /** 200 if absent. */
  readonly status?: number;
  /** Code of a failure that the answer tells of, for log and measurements. */
  readonly code?: FailureCode;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Described {
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the address after the question mark, each optional. */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly answer: {
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly type?: string;
    /** Media types that it is told in too, to whoever asks for one of them. */
    readonly others?: readonly string[];
  };
  /** Failures of this route's own; those of every route are added. */
  readonly failures: readonly FailureCode[];
}

/** A route that anybody may GET. */
export interface OpenRoute extends Described {
  readonly method: 'get';
  readonly openedBy?: undefined;
  handle(call: Call): Promise<Answer>;
}

/** A route that relying parties POST to. */
export interface ClientRoute<Body> extends Described {
  readonly method: 'post';
  readonly openedBy?: undefined;
  readonly accepts: readonly BodyType[];
  readonly schema: z.ZodType<Body>;
  handle(call: ClientCall<Body>): Promise<Answer>;
  /** How it is asked with files, which are streamed to disk (`multipart/form-data`). */
  readonly upload?: UploadRoute;
}

/** A route asked with files. */
export interface UploadRoute {
  /** Of the form, for the contract: what is in the files, their readers judge. */
  readonly schema: z.ZodType;
  /** Media types of the answer beside those of `answer`. */
  readonly answers?: readonly string[];
  handle(call: UploadCall): Promise<Answer>;
}

/** A route below `/v1/organisations/:ogrn`, for the organisation itself. */
export interface OrganisationRoute<Body> extends Described {
  readonly method: 'get' | 'post';
  readonly openedBy: 'assertion';
  /** Of a POST. */
  readonly schema?: z.ZodType<Body>;
  /** Representatives may look; what changes something is for the head, unless the handler decides otherwise. */
  handle(call: OrganisationCall<Body>): Promise<Answer>;
}

// The body's type matters to the route alone; outside, it is whatever its schema gives.
// biome-ignore lint/suspicious/noExplicitAny: a list of routes with different bodies has no narrower type
export type Route = OpenRoute | ClientRoute<any> | OrganisationRoute<any>;

/** A route for people's browsers: it answers with pages, and tells failures by pages as well. */
export interface PageRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  /** Programs ask here that prove who they are: the handler itself charges an address for those that do not. */
  readonly provesItself?: true;
  /** Resolves to undefined where the request is answered by what stands behind it: a library. */
  handle(call: Call): Promise<Answer | undefined>;
  /** What is answered instead where `handle` throws. */
  refuse(call: Call, error: unknown): Promise<Answer>;
}

/** As `clientRoute`, for routes of organisations. */
export function organisationRoute<Body = undefined>(
  route: Omit<OrganisationRoute<Body>, 'openedBy'>,
): OrganisationRoute<Body> {
  return { ...route, openedBy: 'assertion' };
}

/** Lets the body's type follow from the schema. */
export function clientRoute<Body>(route: ClientRoute<Body>): ClientRoute<Body> {
  return route;
}
