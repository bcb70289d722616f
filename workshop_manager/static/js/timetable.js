// Keeps an open schedule true: now and next move along, a newer release says so; and the page is there without a network.
// The page says everything without this file, as it was when it was opened.
import { canKeepPublic, keep } from "./keeping.js";

const place = document.querySelector("[data-timetable]");
const EVERY = 60_000;
let last = Date.now();
let at = place.dataset.timetable;

const say = (name, is) => {
  for (const one of place.querySelectorAll("[data-said]")) one.hidden = !(is && one.dataset.said === name);
};
const move = (fresh) => {
  const [old, now] = [place, fresh].map((one) => one.querySelector("[data-now]"));
  if (old.innerHTML !== now.innerHTML) old.replaceChildren(...now.childNodes);
  for (const item of fresh.querySelectorAll("[id^=item-]")) {
    const here = document.getElementById(item.id);
    if (!here) continue;
    here.className = item.className;
    const title = ":scope > .what > h3, :scope > .kid > .kid-title";
    const [was, is] = [here, item].map((one) => one.querySelector(title));
    // Who stands on its link with the keyboard stays there.
    if (was && is && was.innerHTML !== is.innerHTML && !was.contains(document.activeElement)) was.replaceChildren(...is.childNodes);
  }
};
const look = async () => {
  if (document.hidden || Date.now() - last < EVERY / 3) return;
  last = Date.now();
  let fresh;
  try {
    const answer = await fetch(location.pathname + location.search, { cache: "no-cache" });
    if (!answer.ok) return;
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-timetable]");
  } catch {
    // Told below.
  }
  // Without a network the page that was kept answers: it is as old as the one that is open.
  if (!fresh || (!navigator.onLine && fresh.dataset.timetable <= at)) return say("offline", true);
  at = fresh.dataset.timetable;
  const isNewer = fresh.dataset.release !== place.dataset.release;
  say("newer", isNewer);
  if (!isNewer) move(fresh);
};
addEventListener("online", look);
addEventListener("offline", () => say("offline", true));
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY);
if (!navigator.onLine) say("offline", true);
// After the page is drawn: what one came for goes first.
else if (canKeepPublic && place.dataset.keep) setTimeout(() => keep(place.dataset.keep).catch(() => {}), 2000);
