// Answers for one page while there is no network: the ticket, or the door, beside which this file lies (keeping.js).
const page = self.location.pathname.replace(/\/worker\.js$/, "");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const kept = async () => (await caches.keys()).filter((name) => name.startsWith("kept ") && name.endsWith(` ${page}`));

const find = async (request) => {
  for (const name of await kept()) {
    const box = await caches.open(name);
    const until = await box.match("/kept-until");
    if (until && Date.now() >= Number(await until.text())) {
      await caches.delete(name);
      continue;
    }
    const found = await box.match(request, { ignoreVary: true, ignoreSearch: true });
    if (found) return found;
  }
};

const answer = async (request, isPage) => {
  try {
    const fresh = await fetch(request);
    if (isPage && !fresh.ok && fresh.status < 500) for (const name of await kept()) await caches.delete(name);
    return fresh;
  } catch (error) {
    const found = await find(request);
    if (found) return found;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const asked = new URL(request.url);
  const isPage = asked.pathname === page;
  if (request.method !== "GET" || asked.origin !== self.location.origin) return;
  if (isPage || request.mode !== "navigate") event.respondWith(answer(request, isPage));
});
