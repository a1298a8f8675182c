import type { Configuration } from 'oidc-provider';

/** Names of the library's cookies, for an issuer that browsers reach by https or, on the machine itself, by http. */
export function cookieNames(issuer: string) {
  const isSecure = issuer.startsWith('https:');
  // Only a cookie for the whole host may bear the stronger prefix; the short ones are for one sign-in's addresses.
  return {
    session: `${isSecure ? '__Host-' : ''}sealgate-session`,
    interaction: `${isSecure ? '__Secure-' : ''}sealgate-interaction`,
    resume: `${isSecure ? '__Secure-' : ''}sealgate-resume`,
  };
}

/** The library's cookies, for such an issuer. */
export function cookiesOf(issuer: string): NonNullable<Configuration['cookies']> {
  const isSecure = issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isSecure, overwrite: true } as const;
  return {
    names: cookieNames(issuer),
    long: { ...cookie, path: '/' },
    short: cookie,
  };
}
