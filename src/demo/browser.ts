import { z } from 'zod';

const failure = z.looseObject({
  code: z.string(),
  status: z.number(),
  title: z.string(),
  detail: z.string().default(''),
  remedy: z.string().default(''),
});

/** What the person is told where something is refused. */
export type Refusal = z.output<typeof failure>;

const challenge = z.looseObject({ challenge: z.string(), text: z.string() });

const claims = z.looseObject({
  acr: z.string(),
  sid: z.string(),
  organisation: z.looseObject({
    name: z.string(),
    inn: z.string().exactOptional(),
    ogrn: z.string().exactOptional(),
  }),
  signer: z.looseObject({ name: z.string(), position: z.string().exactOptional() }),
});

const signedIn = z.looseObject({
  claims,
  checks: z.array(z.looseObject({ stage: z.string(), name: z.string(), outcome: z.string() })),
});

/** Who signed in, and what was checked, as the portal hands it on. */
export type SignedIn = z.output<typeof signedIn>;

/** The portal refused; `refusal` is what it told the browser. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** The person's browser at the portal: it keeps the portal's cookie and sends what the page would send. */
export class Browser {
  private readonly portal: string;
  private cookie: string | undefined;

  constructor(portal: string) {
    this.portal = portal;
  }

  /** Asks for a text to sign. */
  async challenge(): Promise<z.output<typeof challenge>> {
    return challenge.parse(await this.post('/challenge', {}));
  }

  /** Hands a signature in. Throws a RefusedError. */
  async signIn(token: string, signature: Uint8Array): Promise<SignedIn> {
    const body = { challenge: token, signature: Buffer.from(signature).toString('base64') };
    return signedIn.parse(await this.post('/sign-in/api', body));
  }

  private async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.portal), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.cookie ? { cookie: this.cookie } : {}) },
      body: JSON.stringify(body),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.split(';')[0];
    const answer: unknown = await response.json();
    if (!response.ok) throw new RefusedError(failure.parse(answer));
    return answer;
  }
}
