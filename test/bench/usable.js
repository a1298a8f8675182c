// Runs in the sign-in page before its own script: notes when the agent's button stands there, a frame with it has been
// drawn, and the page's thread is free to take a click; from the navigation's start, the way through the portal's link
// included. Nothing of the browser's driver runs in the page before that.
const observer = new MutationObserver(() => {
  if (document.getElementById('way-agent') === null) return;
  observer.disconnect();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => performance.mark('usable');
    port2.postMessage(null);
  });
});
observer.observe(document, { childList: true, subtree: true });
