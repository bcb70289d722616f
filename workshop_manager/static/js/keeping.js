// Keeps a page, and what it is drawn with, for when there is no network: one box for each page and whoever is signed in.
// theme.js forgets the box when somebody else is signed in, or nobody; the worker does when the site says that the page
// is no more; both do after the moment that the box names, where it names one.
const mark = document.documentElement.dataset.viewer;

const canAll = "serviceWorker" in navigator && "caches" in self;
export const canKeep = Boolean(mark) && canAll;
// What a visitor reads is the same for everybody, and is nobody's when somebody else sits down.
export const canKeepPublic = canAll;
export const boxOf = (page) => `kept ${mark ?? "everybody"} ${page}`;

export async function keep(page) {
  await navigator.serviceWorker.register(`${page}/worker.js`, { scope: page });
  await document.fonts.ready;
  const fresh = await fetch(page);
  if (!fresh.ok || fresh.redirected) return false;
  const box = await caches.open(boxOf(page));
  const parts = performance.getEntriesByType("resource").map((one) => one.name);
  // Fonts and pictures stay out: the browser has them for a year, and without them a page reads as well.
  const ours = parts.filter((one) => {
    const { origin, pathname } = new URL(one);
    return origin === location.origin && !pathname.startsWith(page) && /\.(css|js)$/.test(pathname);
  });
  await Promise.all(ours.map(async (one) => {
    const part = await fetch(one);
    if (part.ok) await box.put(one, part);
  }));
  await box.put(page, fresh);
  return true;
}
