// The grid of a schedule's draft: blocks are laid out by their minutes, moved by mouse, finger or keys, and saved at once.
// Without this file each room is a list, and every item has its form. The server answers each change with the whole
// board as it is then, so what is shown after a change is what is stored, whoever else changed something meanwhile.
// Dragging, resizing and touch: interact.js (see LICENSES.md), loaded before this file.
const STEP = 5;
const KEYS_REST = 500;
const place = document.getElementById("grid");
const live = document.getElementById("grid-live");
const said = document.getElementById("grid-said");
const again = document.getElementById("grid-again");
const words = place.dataset;
const coarse = matchMedia("(pointer: coarse)").matches;

let chosen = "";       // uid of the block the buttons act on
let busy = false;      // a change is on its way
let held = null;       // the change that did not get through: {url, body, shape}
let pending = null;    // what keys have asked for and is not sent yet: {uid, minute, length, room, timer}
let dragged = false;   // the click that ends a drag opens nothing

// -- the board -------------------------------------------------------------------------------------------------------

const board = () => live.querySelector(".g-board");
const first = () => Number(board().dataset.first);
const pixels = () => Number(board().dataset.pixels);
const columns = () => [...board().querySelectorAll(".g-column")];
const blockOf = (uid) => (uid ? live.querySelector(`.g-block[data-uid="${CSS.escape(uid)}"]`) : null);
const kidsOf = (block) => [...live.querySelectorAll(`.g-block[data-inside="${CSS.escape(block.dataset.uid)}"]`)];
const read = (block, name) => Number(block.dataset[name]);
const clock = (minute) => `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const STRIP = "1.75rem";
const lay = (block, minute = read(block, "minute"), length = read(block, "length")) => {
  const lanes = read(block, "lanes");
  const share = 100 / lanes;
  const start = share * read(block, "lane");
  const style = block.style;
  style.position = "absolute";
  style.insetBlockStart = `${(minute - first()) * pixels()}px`;
  style.blockSize = `${Math.max(length * pixels(), 15)}px`;
  if (block.dataset.inside) {
    // Beside the name of its session, which stands upright at the edge.
    const outer = 100 / read(block, "outerLanes");
    const from = `${outer * read(block, "outerLane")}% + ${STRIP}`;
    const width = `(${outer}% - ${STRIP}) / ${lanes}`;
    style.insetInlineStart = `calc(${from} + ${read(block, "lane")} * ${width})`;
    style.inlineSize = `calc(${width} - 2px)`;
  } else {
    style.insetInlineStart = `${start}%`;
    style.inlineSize = `calc(${share}% - 3px)`;
  }
};

const draw = () => {
  const height = (Number(board().dataset.last) - first()) * pixels();
  board().style.setProperty("--g-hour", `${60 * pixels()}px`);
  for (const column of columns()) {
    const list = column.querySelector(".g-blocks");
    list.style.blockSize = `${height}px`;
    for (const block of list.children) lay(block);
  }
  for (const hour of live.querySelectorAll(".g-hour")) {
    hour.style.position = "absolute";
    hour.style.insetBlockStart = `${(Number(hour.dataset.minute) - first()) * pixels()}px`;
  }
  place.classList.add("g-on");
};

const swap = (html, uid = "") => {
  const scroll = live.querySelector(".g-scroll");
  const at = scroll ? [scroll.scrollLeft, scroll.scrollTop] : [0, 0];
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const name = focused?.dataset.act;
  const id = uid && (focused?.closest(".g-block, .g-work") || !focused) ? `block-${uid}` : focused?.id;
  live.innerHTML = html;
  draw();
  [live.querySelector(".g-scroll").scrollLeft, live.querySelector(".g-scroll").scrollTop] = at;
  choose(uid || chosen);
  if (focused) {
    const to = (id && document.getElementById(id)) || (name && live.querySelector(`[data-act="${name}"]`));
    (to && !to.disabled ? to : live.querySelector(".g-scroll")).focus({ preventScroll: true });
  }
  // What keys asked for since the change was sent is shown on the new board, too.
  if (pending) show(pending);
  mark();
};

let telling = 0;
const choose = (uid) => {
  const block = blockOf(uid);
  const before = chosen;
  chosen = block && !block.classList.contains("g-off") ? uid : "";
  for (const each of live.querySelectorAll(".g-block")) each.classList.toggle("g-is-chosen", each.dataset.uid === chosen);
  if (chosen !== before) {
    clearTimeout(telling);
    telling = setTimeout(ask, 500); // the others are told where one is
  }
  const bar = live.querySelector(".g-chosen");
  bar.hidden = !chosen;
  if (chosen) bar.querySelector("bdi").textContent = block.querySelector(".g-title").textContent;
};

// -- saving ----------------------------------------------------------------------------------------------------------

const say = (text, isWrong = false) => {
  said.textContent = text;
  said.classList.toggle("g-wrong", isWrong);
};

const send = async (url, fields, { fresh = true } = {}) => {
  if (busy) return;
  busy = true;
  place.classList.add("g-busy");
  again.hidden = true;
  held = null;
  say(words.saidSaving);
  const body = new FormData();
  body.set("csrf_token", words.token);
  body.set("day", board().dataset.day);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const answer = await fetch(url, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20000) });
    if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 401 || answer.status === 403) throw new Refused(words.saidSignedOut);
    if (answer.status === 404) throw new Refused(words.saidGone);
    if (!answer.headers.get("Content-Type")?.includes("json")) throw new Refused(words.saidBroken);
    const told = await answer.json();
    if (!told.saved) {
      clearTimeout(pending?.timer);
      pending = null;
    }
    swap(told.board, told.uid);
    say(told.said, !told.saved);
  } catch (error) {
    clearTimeout(pending?.timer);
    pending = null;
    held = { url, fields };
    again.hidden = false;
    for (const each of live.querySelectorAll(".g-block")) each.classList.toggle("g-unsaved", each.dataset.item === String(fields.item ?? ""));
    say(error instanceof Refused ? error.message : words.saidLost, true);
  }
  busy = false;
  place.classList.remove("g-busy");
  if (pending && fresh) plan();
};

class Refused extends Error {}

const facts = (block) => ({ item: block.dataset.item, version: block.dataset.version });

// What is on its way counts as if it had arrived, so that the next key goes on from there.
const assume = (block, minute, length) => {
  const by = minute - read(block, "minute");
  for (const each of [block, ...kidsOf(block)]) each.dataset.minute = read(each, "minute") + by;
  block.dataset.length = length;
};

const put = (block, { minute, room }, url = words.place) => send(url, { ...facts(block), minute, room });

// -- keys ------------------------------------------------------------------------------------------------------------

const show = ({ uid, minute, length, room }) => {
  const block = blockOf(uid);
  if (!block) return;
  const column = columns().find((each) => each.dataset.room === room);
  const by = minute - read(block, "minute");
  const list = column?.querySelector(".g-blocks");
  for (const each of [block, ...kidsOf(block)]) {
    if (list && each.parentElement !== list) {
      const had = document.activeElement;
      list.append(each);
      if (each.contains(had)) had.focus({ preventScroll: true });
    }
    lay(each, read(each, "minute") + by, each === block ? length : read(each, "length"));
  }
  block.querySelector(".g-clock").textContent = `${clock(minute)}–${clock(minute + length)}`;
  block.classList.add("g-unsaved");
};

const plan = () => {
  clearTimeout(pending.timer);
  pending.timer = setTimeout(flush, KEYS_REST);
};

const flush = () => {
  if (busy || !pending) return;
  const { uid, minute, length, room, was } = pending;
  clearTimeout(pending.timer);
  pending = null;
  const block = blockOf(uid);
  if (!block) return;
  const isMoved = minute !== was.minute || room !== was.room;
  const isLonger = length !== was.length;
  if (isMoved) {
    if (isLonger) pending = { uid, minute, length, room, was: { minute, room, length: was.length }, timer: 0 };
    assume(block, minute, length);
    put(block, { minute, room });
  } else if (isLonger) {
    assume(block, minute, length);
    send(words.resize, { ...facts(block), minutes: length });
  }
};

const nudge = (block, { by = 0, rooms = 0, longer = 0 }) => {
  if (held || !block || block.classList.contains("g-off")) return;
  if (pending && pending.uid !== block.dataset.uid) flush();
  if (pending && pending.uid !== block.dataset.uid) return;
  const room = block.closest(".g-column").dataset.room;
  const shape = { minute: read(block, "minute"), length: read(block, "length"), room };
  pending ??= { uid: block.dataset.uid, ...shape, was: shape, timer: 0 };
  const all = columns().map((each) => each.dataset.room);
  pending.minute = Math.min(Math.max(pending.minute + by, 0), 2 * 1440 - STEP);
  pending.length = Math.max(pending.length + longer, STEP);
  pending.room = all[Math.min(Math.max(all.indexOf(pending.room) + rooms, 0), all.length - 1)];
  show(pending);
  say(`${clock(pending.minute)}–${clock(pending.minute + pending.length)} · ${columns().find((each) => each.dataset.room === pending.room).querySelector(".g-room").textContent}`);
  plan();
};

const copyAfter = (block) => put(block, { minute: read(block, "minute") + read(block, "length"), room: block.closest(".g-column").dataset.room }, words.copy);
const remove = (block) => send(words.remove, facts(block));
const isRtl = () => getComputedStyle(place).direction === "rtl";

const acts = {
  undo: () => send(words.undo, {}),
  redo: () => send(words.redo, {}),
  up: (block) => nudge(block, { by: -STEP }),
  down: (block) => nudge(block, { by: STEP }),
  before: (block) => nudge(block, { rooms: -1 }),
  after: (block) => nudge(block, { rooms: 1 }),
  shorter: (block) => nudge(block, { longer: -STEP }),
  longer: (block) => nudge(block, { longer: STEP }),
  copy: copyAfter,
  remove,
  open: (block) => { location.href = block.querySelector(".g-open").href; },
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping) {
    event.preventDefault();
    return acts[event.shiftKey ? "redo" : "undo"]();
  }
  const block = event.target.classList?.contains("g-open") ? event.target.closest(".g-block") : null;
  if (!block || event.altKey || block.classList.contains("g-off")) return undefined;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "d") return undefined;
    event.preventDefault();
    return copyAfter(block);
  }
  const sideways = isRtl() ? -1 : 1;
  const asked = event.shiftKey
    ? { ArrowUp: { longer: -STEP }, ArrowDown: { longer: STEP } }
    : { ArrowUp: { by: -STEP }, ArrowDown: { by: STEP }, ArrowLeft: { rooms: -sideways }, ArrowRight: { rooms: sideways } };
  if (asked[event.key]) {
    event.preventDefault();
    nudge(block, asked[event.key]);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(block);
  }
  return undefined;
});

live.addEventListener("focusin", (event) => {
  const block = event.target.closest(".g-block");
  if (block && block.dataset.uid !== chosen) choose(block.dataset.uid);
});

// A click chooses a block, a second one opens its form; so does Enter, which is a click without a pointer.
live.addEventListener("click", (event) => {
  const link = event.target.closest(".g-open");
  if (link && event.detail === 1 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (!dragged) {
      link.focus({ preventScroll: true });
      choose(link.closest(".g-block").dataset.uid);
    }
  }
});
place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const act = button.dataset.act;
  if (act === "again") send(held.url, held.fields);
  else if (act === "back") location.reload();
  else if (act === "put") putAfterLast(button.closest(".g-work"));
  else if (acts[act]) acts[act](blockOf(chosen));
});

const putAfterLast = (work) => {
  const column = columns()[0];
  const ends = [...column.querySelectorAll(".g-block:not(.g-off)")].map((each) => read(each, "minute") + read(each, "length"));
  const minute = ends.length ? Math.max(...ends) : first() + 60;
  send(words.place, { work: work.dataset.work, minute: Math.min(minute, 2 * 1440 - STEP), room: column.dataset.room });
};

// -- who else is here ------------------------------------------------------------------------------------------------

let people = [];
const mark = () => {
  const list = document.getElementById("grid-here");
  const lines = people.map((one) => one.said);
  if (lines.join() !== [...list.children].map((each) => each.textContent).join()) {
    list.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text, dir: "auto" })));
  }
  list.hidden = !lines.length;
  for (const block of live.querySelectorAll(".g-block")) {
    const names = people.filter((one) => one.uid === block.dataset.uid).map((one) => one.name);
    const who = block.querySelector(".g-who");
    who.hidden = !names.length;
    who.textContent = names.join(", ");
    block.classList.toggle("g-held", names.length > 0);
  }
};

const isIdle = () => !busy && !pending && !held && !dragged;
let asking = false;
const ask = async () => {
  if (document.hidden || asking) return;
  asking = true;
  const body = new FormData();
  body.set("csrf_token", words.token);
  body.set("day", board().dataset.day);
  body.set("uid", chosen);
  const known = board().dataset.tag;
  if (isIdle()) body.set("tag", known);
  try {
    const answer = await fetch(words.news, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20000) });
    const told = await answer.json();
    people = told.people;
    if (told.board && isIdle() && board().dataset.tag === known) {
      swap(told.board);
      say(told.said);
    }
    mark();
  } catch {
    // Saving says so where it matters.
  }
  asking = false;
};

// -- mouse and finger ------------------------------------------------------------------------------------------------

const shadow = Object.assign(document.createElement("div"), { className: "g-shadow" });
let landing = null;

const aim = (event, length) => {
  const column = columns().find((each) => {
    const box = each.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  });
  const list = column?.querySelector(".g-blocks");
  const box = list?.getBoundingClientRect();
  const frame = live.querySelector(".g-scroll").getBoundingClientRect();
  const isWithin = box && event.clientX >= frame.left && event.clientX <= frame.right && event.clientY >= frame.top && event.clientY <= frame.bottom;
  if (!isWithin) {
    shadow.remove();
    landing = null;
    return;
  }
  const top = event.clientY - grab;
  const raw = first() + (top - box.top) / pixels();
  const minute = Math.min(Math.max(Math.round(raw / STEP) * STEP, 0), 2 * 1440 - STEP);
  landing = { minute, room: column.dataset.room };
  if (shadow.parentElement !== list) list.append(shadow);
  shadow.style.insetBlockStart = `${(minute - first()) * pixels()}px`;
  shadow.style.blockSize = `${length * pixels()}px`;
  shadow.textContent = `${clock(minute)}–${clock(minute + length)}`;
};

const lift = (element, x, y) => {
  for (const each of [element, ...(element.dataset.uid ? kidsOf(element) : [])]) {
    each.style.transform = x || y ? `translate(${x}px, ${y}px)` : "";
    each.classList.toggle("g-lifted", Boolean(x || y));
  }
};

const begin = () => {
  dragged = true;
  landing = null;
  flush();
};
const finish = () => {
  shadow.remove();
  setTimeout(() => { dragged = false; }, 0);
};

let moved = { x: 0, y: 0 };
let grab = 0;                  // how far below its top a block is held
let scrolled = { x: 0, y: 0 }; // where the board stood when the drag began: it scrolls by itself at its edges
const scroll = () => live.querySelector(".g-scroll");
const free = () => !busy && !held;

window.interact(".g-block:not(.g-off), .g-work").draggable({
  allowFrom: coarse ? ".g-grip" : undefined,
  ignoreFrom: ".g-edge, .g-listed a, button",
  autoScroll: { container: ".g-scroll", margin: 40 },
  listeners: {
    start: (event) => {
      moved = { x: 0, y: 0 };
      scrolled = { x: scroll().scrollLeft, y: scroll().scrollTop };
      const isWork = event.target.classList.contains("g-work");
      grab = isWork ? 0 : event.clientY0 - event.target.getBoundingClientRect().top;
      if (isWork) scrolled = null;
      if (!free()) event.interaction.stop();
      begin();
    },
    move: (event) => {
      moved = { x: moved.x + event.dx, y: moved.y + event.dy };
      const by = scrolled ? { x: scroll().scrollLeft - scrolled.x, y: scroll().scrollTop - scrolled.y } : { x: 0, y: 0 };
      lift(event.target, moved.x + by.x, moved.y + by.y);
      aim(event, read(event.target, "length"));
    },
    end: (event) => {
      const target = event.target;
      const spot = landing;
      finish();
      lift(target, 0, 0);
      if (!spot || !free()) return;
      if (target.classList.contains("g-work")) {
        send(words.place, { work: target.dataset.work, ...spot });
        return;
      }
      if (event.altKey) {
        put(target, spot, words.copy);
        return;
      }
      const room = target.closest(".g-column").dataset.room;
      if (spot.minute === read(target, "minute") && spot.room === room) return;
      show({ uid: target.dataset.uid, length: read(target, "length"), ...spot });
      assume(target, spot.minute, read(target, "length"));
      chosen = target.dataset.uid;
      put(target, spot);
    },
  },
});

window.interact(".g-block:not(.g-off)").resizable({
  edges: { bottom: ".g-edge" },
  listeners: {
    start: begin,
    move: (event) => {
      const by = Math.round((event.clientY - event.clientY0) / pixels() / STEP) * STEP;
      const length = Math.max(read(event.target, "length") + by, STEP);
      event.target.dataset.wanted = length;
      lay(event.target, read(event.target, "minute"), length);
      event.target.querySelector(".g-clock").textContent = `${clock(read(event.target, "minute"))}–${clock(read(event.target, "minute") + length)}`;
    },
    end: (event) => {
      finish();
      const length = Number(event.target.dataset.wanted);
      if (!length || length === read(event.target, "length") || !free()) {
        lay(event.target);
        return;
      }
      event.target.classList.add("g-unsaved");
      send(words.resize, { ...facts(event.target), minutes: length });
    },
  },
});

addEventListener("online", () => { if (held) send(held.url, held.fields); });
addEventListener("beforeunload", (event) => { if (busy || pending || held) event.preventDefault(); });
addEventListener("focus", ask);
draw();
ask();
setInterval(ask, 10000);
place.dataset.ready = "1";
