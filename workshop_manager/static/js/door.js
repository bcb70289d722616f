// The door on a phone: camera, search and answers go on while there is no network; what was scanned is sent later.
// What waits to be sent (codes and times, no names) is in localStorage until it is sent. The list of names and this page
// are kept in a box of the browser (keeping.js), so that a reload without a network finds them. They go when somebody
// signs out or somebody else signs in (theme.js), when the site answers that the door is not theirs any more (below,
// and the worker), and at the moment that the box names: hours after the list was fetched, or the end of the event.
// Each scan has a key of its own, so that sending it twice is one entry (workshop_manager/door/devices.py).
import { boxOf, canKeep, keep as keepPage } from "./keeping.js";
import { decodeQR } from "./qr/decode.js";

const RETRY = 5000;
const REFRESH = 60000;
const AGAIN = 3000;
const place = document.getElementById("door");
const { edition, zone, people: listUrl, scans: scansUrl, person: personUrl, token } = place.dataset;
const words = document.getElementById("door-words").dataset;
const answer = document.getElementById("door-answer");
const said = document.getElementById("door-said");
const typed = document.getElementById("typed");
const found = document.getElementById("door-found");
const where = document.getElementById("door-place");
const QUEUE = `wm-door:${edition}`;
const PLACE = `wm-door-place:${edition}`;

const store = {
  read: (name, otherwise) => {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write: (name, value) => {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch {
      memory[name] = value;
    }
  },
};
// A browser that forbids its store still sends, as long as this page is open.
const memory = {};
const queue = () => memory[QUEUE] ?? store.read(QUEUE, []);
const keep = (rows) => store.write(QUEUE, rows);
const clock = (at) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(at);
const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");

// -- the list

let byCode = new Map();
let byId = new Map();
let listedAt = "";
let doors = place.dataset.doors;
let forgetAt = Infinity;

async function fetchList() {
  try {
    const response = await fetch(listUrl, { signal: AbortSignal.timeout(15000), redirect: "manual" });
    // Not theirs any more: signing out elsewhere, or a role that ended, takes the names along.
    if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) forget();
    if (!response.ok) throw new Error(response.statusText);
    const list = await response.json();
    if (list.viewer !== document.documentElement.dataset.viewer) {
      location.reload(); // somebody else signed in elsewhere: the page and what it keeps become theirs
      return;
    }
    know(list);
    forgetAt = Date.now() + list.seconds * 1000;
    await keepList(list).catch(() => {});
    await markWaiting();
  } catch {
    // no network: what is known stays
  }
  tell();
}

function know(list) {
  byCode = new Map(list.people.map((one) => [one.code, one]));
  byId = new Map(list.people.map((one) => [one.id, one]));
  listedAt = list.at;
  doors = list.doors;
}

/** Whoever was let in here and is not sent yet is in, also on a list that does not know it. */
async function markWaiting() {
  if (doors === "open") {
    for (const row of queue()) {
      const entry = row.code ? await known(row.code) : byId.get(row.id);
      if (entry?.verdict === "in") entry.since ||= clock(row.at);
    }
  }
  refind();
}

/** What was found by name says what the newer list says; a button that somebody is about to press stays where it is. */
function refind() {
  if (!found.contains(document.activeElement)) search();
}

const known = async (code) => (crypto.subtle ? byCode.get(await digest(`door:${edition}:${code}`)) : undefined);

// -- the box

const PAGE = location.pathname;
const LIST = `${PAGE}/kept-list`;
const UNTIL = "/kept-until";
let isPageKept = false;

async function keepList(list) {
  if (!canKeep) return;
  if (list.kept <= 0) {
    await caches.delete(boxOf(PAGE));
    return;
  }
  const box = await caches.open(boxOf(PAGE));
  await box.put(UNTIL, new Response(String(Date.now() + list.kept * 1000)));
  await box.put(LIST, new Response(JSON.stringify(list)));
  isPageKept ||= await keepPage(PAGE);
  place.toggleAttribute("data-kept", isPageKept);
}

/** The list that this page had before it was loaded again. */
async function recall() {
  if (!canKeep || !(await caches.has(boxOf(PAGE)))) return;
  const box = await caches.open(boxOf(PAGE));
  const [until, list] = await Promise.all([box.match(UNTIL), box.match(LIST)]);
  const ends = until ? Number(await until.text()) : 0;
  if (!list || Date.now() >= ends) return;
  know(await list.json());
  forgetAt = ends;
  await markWaiting();
  tell();
}

function forget() {
  byCode = new Map();
  byId = new Map();
  listedAt = "";
  found.replaceChildren();
  if (canKeep) caches.delete(boxOf(PAGE)).catch(() => {});
}

function forgetOld() {
  if (Date.now() >= forgetAt) forget();
}

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** The code in what was scanned or typed, or null: as `code_of` in workshop_manager/door/rules.py. */
export function codeOf(text) {
  const plain = text.toUpperCase().replace(/[ \-\u2010-\u2013]/g, "");
  return /^[2-9A-HJ-NP-Z]{8}$/.test(plain) ? `${plain.slice(0, 4)}-${plain.slice(4)}` : null;
}

// -- what is shown

// Also after a reload the answer to what was held up last is shown once it comes.
let shownKey = queue().at(-1)?.key ?? null;

function show(verdict, values, key) {
  const template = place.querySelector(`template[data-verdict="${verdict}"]`);
  if (!template) return;
  shownKey = key;
  const card = template.content.cloneNode(true);
  for (const slot of card.querySelectorAll("[data-slot]")) {
    const text = values[slot.dataset.slot];
    if (text !== undefined && text !== null) slot.textContent = text;
  }
  const box = card.querySelector(".door-card");
  const line = (content) => {
    const p = document.createElement("p");
    p.className = "small";
    p.append(content);
    box.append(p);
  };
  if (values.note) line(values.note);
  if (values.url) line(Object.assign(document.createElement("a"), { href: values.url, textContent: words.open }));
  if (values.undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary", textContent: words.undo });
    button.addEventListener("click", values.undo);
    line(button);
  }
  answer.replaceChildren(card);
  answer.scrollIntoView({ block: "nearest" });
}

function tell() {
  const waiting = queue().length;
  const parts = [byId.size ? words.list.replace("%n", byId.size).replace("%t", listedAt) : words.none];
  if (signedOut && waiting) parts.push(words.again.replace("%n", waiting));
  else if (waiting) parts.push(words.waits.replace("%n", waiting));
  said.textContent = parts.join(" ");
  said.dataset.waiting = waiting;
}

const buzz = (verdict) => navigator.vibrate?.(verdict === "in" || verdict === "again" ? 80 : [90, 60, 90]);

// -- scanning

const lately = new Map();

/** Somebody is here: by code, or by the entry that was found by name. */
async function arrive(code, entry = null) {
  forgetOld();
  entry ??= await known(code);
  const mark = entry ? entry.id : code;
  const now = Date.now();
  if (now - (lately.get(mark) ?? -Infinity) < AGAIN) return;
  lately.set(mark, now);
  const scan = { key: newKey(), at: now, device: where.value.trim() };
  if (code) scan.code = code;
  else scan.id = entry.id;
  const tries = doors !== "open";
  keep([...queue(), scan]);
  if (entry) {
    const before = entry.since;
    const verdict = before ? "twice" : entry.verdict;
    const values = { name: entry.name, pronouns: entry.pronouns, seat: entry.seat };
    if (before) values.sentence = words.since.replace("%t", before);
    if (verdict === "in") {
      if (!tries) entry.since = clock(now);
      values.undo = () => undo(scan.key, entry);
    }
    values.note = tries ? words.tried : words.kept;
    show(verdict, values, scan.key);
    buzz(verdict);
  } else {
    show("unknown", { sentence: words.asking, name: code }, scan.key);
  }
  tell();
  flush();
}

/** Before it was sent nothing has happened anywhere else. */
function undo(key, entry) {
  const rows = queue();
  if (sending || !rows.some((one) => one.key === key)) {
    location.href = personUrl.replace(/0$/, String(entry.id));
    return;
  }
  keep(rows.filter((one) => one.key !== key));
  entry.since = "";
  lately.delete(entry.id);
  answer.replaceChildren();
  tell();
}

// -- sending

let sending = false;
let signedOut = false;
let timer = 0;

export async function flush() {
  clearTimeout(timer);
  const rows = queue().slice(0, 200);
  if (!rows.length || sending) return;
  sending = true;
  try {
    const body = new FormData();
    body.set("csrf_token", token);
    body.set("now", String(Date.now()));
    body.set("scans", JSON.stringify(rows));
    const response = await fetch(scansUrl, { method: "POST", body, signal: AbortSignal.timeout(15000) });
    signedOut = response.redirected || [400, 401, 403, 404].includes(response.status);
    if (response.ok && !response.redirected) take(await response.json());
  } catch {
    // no network: they stay
  }
  sending = false;
  tell();
  if (queue().length) timer = setTimeout(flush, RETRY);
}

function take({ results, dropped }) {
  const done = new Set([...results.map((one) => one.key), ...dropped]);
  keep(queue().filter((one) => !done.has(one.key)));
  for (const one of results) {
    const entry = byId.get(one.registration_id);
    if (entry && one.arrival_id && one.is_kept) entry.since ||= clock(Date.now());
    if (one.key !== shownKey) continue;
    if (!entry) buzz(one.verdict);
    show(one.verdict, { ...one, note: one.is_kept ? "" : words.tried }, one.key);
  }
}

// -- by name or code

function search() {
  const wanted = typed.value.trim().toLocaleLowerCase();
  if (wanted.length < 2 || !byId.size || codeOf(typed.value)) {
    found.replaceChildren();
    return;
  }
  const rows = [...byId.values()].filter((one) => one.name.toLocaleLowerCase().includes(wanted)).slice(0, 12);
  found.replaceChildren(...rows.map(line));
  if (!rows.length) found.append(Object.assign(document.createElement("li"), { textContent: words.nobody }));
}

function line(entry) {
  const row = document.createElement("li");
  const who = document.createElement("div");
  const name = Object.assign(document.createElement("bdi"), { textContent: entry.name, className: "name" });
  const more = Object.assign(document.createElement("p"), { className: "small soft" });
  more.append(Object.assign(document.createElement("bdi"), { textContent: [entry.pronouns, entry.seat].filter(Boolean).join(" · ") }));
  if (entry.since) more.append(` · ${words.since.replace("%t", entry.since)}`);
  who.append(name, more);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary", textContent: words.enter });
  button.setAttribute("aria-label", `${words.enter} ${entry.name}`);
  button.addEventListener("click", () => {
    typed.value = "";
    found.replaceChildren();
    arrive(null, entry);
  });
  row.append(who, button);
  return row;
}

document.getElementById("door-form").addEventListener("submit", (event) => {
  const code = codeOf(typed.value);
  if (code) {
    event.preventDefault();
    typed.value = "";
    arrive(code);
  } else if (byId.size) {
    event.preventDefault();
    search();
  }
});
typed.addEventListener("input", search);

// -- the camera

const video = document.getElementById("door-video");
const start = document.getElementById("door-start");
const stop = document.getElementById("door-stop");
const cameraSaid = document.getElementById("door-camera-said");
let stream = null;

async function readers() {
  try {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(video))[0]?.rawValue ?? null;
    }
  } catch {
    // it says that it can, and cannot: ours then
  }
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const scale = Math.min(1, 720 / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!canvas.width || !canvas.height) return null;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return null;
    }
  };
}

async function look() {
  const read = await readers();
  while (stream) {
    const text = video.readyState >= 2 ? await read().catch(() => null) : null;
    const code = text ? codeOf(text) : null;
    if (code) await arrive(code);
    else if (text && Date.now() - (lately.get(text) ?? -Infinity) > AGAIN) {
      lately.set(text, Date.now());
      show("unknown", {}, null);
      buzz("unknown");
    }
    await new Promise((wake) => setTimeout(wake, 120));
  }
}

start.addEventListener("click", async () => {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  } catch {
    cameraSaid.textContent = words.denied;
    return;
  }
  video.srcObject = stream;
  video.hidden = stop.hidden = false;
  start.hidden = true;
  cameraSaid.textContent = words.looking;
  await video.play().catch(() => {});
  look();
});

stop.addEventListener("click", () => {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.hidden = stop.hidden = true;
  start.hidden = false;
  cameraSaid.textContent = "";
});

document.getElementById("door-camera").hidden = !navigator.mediaDevices?.getUserMedia;
document.getElementById("door-device").hidden = false;
where.value = store.read(PLACE, "");
where.addEventListener("change", () => store.write(PLACE, where.value.trim()));
addEventListener("online", () => {
  flush();
  fetchList();
});
setInterval(() => {
  forgetOld();
  if (!document.hidden) fetchList();
}, REFRESH);
await recall().catch(() => {});
fetchList();
flush();
