/**
 * A thread that ends its process after the parent has gone. The process does that by itself when its channel closes,
 * but not while it is inside a driver that never returns: that would go on holding the token, its login and the PIN
 * that was shown to it.
 */
import process from 'node:process';

/** How often it looks, and how long an orderly end may take before it is forced, in milliseconds. */
const interval = 1000;
const farewell = 2000;

const parent = process.ppid;

const watching = setInterval(() => {
  if (isAlive()) return;
  clearInterval(watching);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), farewell);
}, interval);

/** An orphan gets another parent on POSIX; Windows goes on naming the one that is gone. */
function isAlive(): boolean {
  if (process.ppid !== parent) return false;
  try {
    return process.kill(parent, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
