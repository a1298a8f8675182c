import { byId } from '../markup/node.ts';
import type { PageData } from '../sign-in/view/data.ts';
import { showLocalTimes } from './screen.ts';
import { SignIn } from './sign-in.ts';

/** Runs the page: what the server has written works alone, and from here on the script adds to it. */
const data = JSON.parse(byId('page-data').textContent ?? '') as PageData;

if (location.origin === data.origin) {
  showLocalTimes(document, data.facts.language);
  new SignIn(data).start();
} else {
  // The same service by another of its names, as on the machine itself: the text names the page it is signed on.
  location.replace(data.origin + location.pathname);
}

// A page that the browser had put aside shows how things stood then.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

// Once the time is over the service's own page says so.
setTimeout(() => location.reload(), Math.max(0, data.facts.expiresAt - data.now) + 1_000);
