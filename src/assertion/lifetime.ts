/** An assertion is taken to the portal at once: five minutes are enough. In milliseconds. */
export const assertionLifetime = 5 * 60_000;
