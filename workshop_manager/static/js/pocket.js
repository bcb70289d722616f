// Keeps the ticket, and what it is drawn with, for when there is no network. theme.js forgets it when somebody else is
// signed in, or nobody; the worker does when the site says that the ticket is no more.
const page = location.pathname;
const mark = document.documentElement.dataset.viewer;
const said = document.getElementById("pocket-said");

const keep = async () => {
  await navigator.serviceWorker.register(`${page}/worker.js`, { scope: page });
  await document.fonts.ready;
  const fresh = await fetch(page);
  if (!fresh.ok || fresh.redirected) return;
  const kept = await caches.open(`kept ${mark} ${page}`);
  const parts = performance.getEntriesByType("resource").map((one) => one.name);
  const ours = parts.filter((one) => new URL(one).origin === location.origin && !new URL(one).pathname.startsWith(page));
  await Promise.all(ours.map(async (one) => {
    const part = await fetch(one);
    if (part.ok) await kept.put(one, part);
  }));
  await kept.put(page, fresh);
  said.hidden = false;
};

if (mark && "serviceWorker" in navigator && "caches" in self) keep().catch(() => {});
