// Small comforts. Every page works without this file: the theme is a form, confirmations are pages, counts are checked by the server.
const root = document.documentElement;
const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};
const kept = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);

// The theme changes at once; the server writes data-bs-theme from the cookie on the next page.
for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const now = root.dataset.bsTheme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.bsTheme = now === "dark" ? "light" : "dark";
    keep("theme", root.dataset.bsTheme);
  });
}

// The reader's own time zone, for the next page.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && /^[\w+/-]+$/.test(zone) && kept("tz") !== zone) keep("tz", zone);

// What a browser keeps for when there is no network (keeping.js) is for whoever is signed in, and for nobody after them;
// what names a moment is kept no longer than that.
const isOver = async (name) => {
  const until = await (await caches.open(name)).match("/kept-until");
  return until ? Date.now() >= Number(await until.text()) : false;
};
const forget = async (all) => {
  const mine = root.dataset.viewer ?? "";
  // Stars that wait to be sent (stars.js).
  if (all) for (const key of Object.keys(localStorage)) if (key.startsWith("stars:") && key.endsWith(`:${mine}`)) localStorage.removeItem(key);
  for (const name of (await self.caches?.keys()) ?? []) {
    if (!name.startsWith("kept ")) continue;
    const whose = name.split(" ")[1];
    if (all || (whose !== mine && whose !== "everybody") || (await isOver(name))) await caches.delete(name);
  }
};
forget(false).catch(() => {});
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action")?.endsWith("/sign-out")) forget(true).catch(() => {});
});

// A form or a button that asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

// An open menu of the bar closes on Escape and on a click elsewhere.
for (const menu of document.querySelectorAll(".tools details")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

// Words are counted as on the server (words.js, fetched only where something is counted).
// Spoken at 90 %, at the limit and when over, never at each key.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const counter = (area, countWords) => {
  const place = document.getElementById(`${area.id}-count`);
  if (!place) return;
  // {"limits": by what a choice sends, "by": its data-scope}: what was chosen sets the limit, without a save.
  const chosen = JSON.parse(area.dataset.counterLimits ?? "null");
  const usual = Number(area.dataset.counterWords);
  const limitNow = () => chosen?.limits[area.form?.querySelector(`[data-scope="${chosen.by}"]:checked`)?.value] ?? usual;
  const { text, over } = place.dataset;
  const shown = document.createElement("span");
  const spoken = document.createElement("span");
  spoken.className = "vh";
  spoken.setAttribute("role", "status");
  const svg = "http://www.w3.org/2000/svg";
  const meter = document.createElementNS(svg, "svg");
  meter.setAttribute("class", "meter");
  meter.setAttribute("viewBox", "0 0 1000 10");
  meter.setAttribute("preserveAspectRatio", "none");
  meter.setAttribute("aria-hidden", "true");
  const bars = ["f-ink", "f-wait"].map((name) => {
    const bar = document.createElementNS(svg, "rect");
    bar.setAttribute("class", name);
    bar.setAttribute("height", "10");
    meter.append(bar);
    return bar;
  });
  place.replaceChildren(shown);
  place.after(meter, spoken);
  let last = null;
  const count = () => {
    const words = countWords(area.value);
    const limit = limitNow();
    const whole = Math.max(words, limit);
    const within = (1000 * Math.min(words, limit)) / whole;
    const beyond = words - limit;
    shown.textContent = fill(beyond > 0 ? over : text, { count: words, limit, over: beyond });
    bars[0].setAttribute("width", within);
    bars[1].setAttribute("x", within);
    bars[1].setAttribute("width", beyond > 0 ? 1000 - within : 0);
    const step = beyond > 0 ? 3 : beyond === 0 ? 2 : words >= 0.9 * limit ? 1 : 0;
    if (last !== null && step !== last && step > 0) spoken.textContent = shown.textContent;
    last = step;
  };
  area.addEventListener("input", count);
  if (chosen) area.form?.addEventListener("change", count);
  count();
};
const counted = document.querySelectorAll("[data-counter-words]");
if (counted.length > 0) {
  import("./words.js").then(({ countWords }) => counted.forEach((area) => counter(area, countWords)));
}

// A slider says its value while it moves; what follows from it is computed by the server.
for (const slider of document.querySelectorAll(".slide input[type=range]")) {
  const output = slider.parentElement.querySelector("output");
  if (!output) continue;
  const format = slider.dataset.format ?? "{value}";
  slider.addEventListener("input", () => {
    output.value = fill(format, { value: Number(slider.value).toLocaleString(root.lang || "en"), rest: Number(slider.max) - Number(slider.value) });
  });
}
