// Stars on the public schedule. A visitor's are kept in this browser alone: the page is the same for everybody. Those of
// whoever is signed in are with their account; what could not be sent waits here, under their mark, and goes when it can.
// The page says everything but the stars without this file.
const tool = document.querySelector("[data-stars]");
const key = tool && `stars:${tool.dataset.stars}`;
const isStar = (star) => typeof star === "string" && /^[a-z2-7]{4}$/.test(star);
const kept = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
};
const put = (name, value) => {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // No room left: nothing is lost but what was just pressed.
  }
};
const own = () => {
  const stars = kept(key);
  return new Set(Array.isArray(stars) ? stars.filter(isStar) : []);
};
// theme.js takes what waits away when its owner signs out.
const waiting = tool?.dataset.send && `${key}:${document.documentElement.dataset.viewer}`;
let mine = waiting ? new Set(tool.dataset.mine.split(" ").filter(isStar)) : null;
const pending = () => new Map(Object.entries(kept(waiting) ?? {}).filter(([star]) => isStar(star)));
const read = () => {
  if (!mine) return own();
  const stars = new Set(mine);
  for (const [star, is] of pending()) is ? stars.add(star) : stars.delete(star);
  return stars;
};
const canKeep = () => {
  try {
    localStorage.setItem("stars?", "");
    localStorage.removeItem("stars?");
    return true;
  } catch {
    return false;
  }
};
const begin = () => {
  const places = [...document.querySelectorAll("[data-star]")];
  const only = tool.querySelector("[data-only]");
  const calendar = tool.querySelector("[data-calendar]");
  const buttons = places.map((place) => {
    const button = document.getElementById("star-button").content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-label", tool.dataset.word.replace("{title}", place.dataset.title));
    place.querySelector(":scope > .what, :scope > .kid").prepend(button);
    return button;
  });
  const join = tool.querySelector("[data-join]");
  const show = () => {
    const stars = read();
    if (join) join.hidden = ![...own()].some((star) => !stars.has(star));
    const isOnly = location.hash === "#starred";
    const here = new Set();
    places.forEach((place, index) => {
      const is = stars.has(place.dataset.star);
      if (is) here.add(place.dataset.star);
      buttons[index].setAttribute("aria-pressed", String(is));
      buttons[index].querySelector("use").setAttribute("href", tool.dataset[is ? "full" : "empty"]);
    });
    for (const slot of document.querySelectorAll(".sched > .slot")) {
      const isKept = stars.has(slot.dataset.star);
      const kids = [...slot.querySelectorAll(".kids > li")];
      for (const kid of kids) kid.hidden = isOnly && !isKept && !stars.has(kid.dataset.star);
      slot.hidden = isOnly && !isKept && !kids.some((kid) => stars.has(kid.dataset.star));
    }
    for (const day of document.querySelectorAll(".sched-day"))
      day.hidden = isOnly && !day.querySelector(".slot:not([hidden])");
    const query = new URLSearchParams([...here].sort().map((star) => ["star", star]));
    only.setAttribute("aria-pressed", String(isOnly));
    only.querySelector("[data-count]").textContent = here.size;
    calendar.href = `${tool.dataset.address}?${query}`;
    calendar.hidden = here.size === 0;
    tool.querySelector("[data-none]").hidden = !isOnly || here.size > 0;
  };
  const send = async () => {
    const asked = pending();
    if (!asked.size) return;
    const body = new URLSearchParams([["csrf_token", tool.dataset.token]]);
    for (const [star, is] of asked) body.append(is ? "star" : "drop", star);
    const say = (is) => (tool.querySelector("[data-waits]").hidden = !is);
    try {
      const answer = await fetch(tool.dataset.send, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
      // What is refused is refused for good: the account says what holds.
      if (!answer.ok && answer.status >= 400 && answer.status < 500 && answer.status !== 429) put(waiting, null);
      if (!answer.ok) {
        say(answer.status >= 500 || answer.status === 429);
        return show();
      }
      mine = new Set((await answer.json()).stars.filter(isStar));
      // What was pressed meanwhile still waits.
      const left = [...pending()].filter(([star, is]) => asked.get(star) !== is);
      put(waiting, left.length ? Object.fromEntries(left) : null);
      say(false);
      if (left.length) await send();
    } catch {
      say(true);
    }
    show();
  };
  const press = (changes) => {
    if (mine) {
      put(waiting, Object.fromEntries([...pending(), ...changes]));
      send();
    } else {
      const stars = own();
      for (const [star, is] of changes) is ? stars.add(star) : stars.delete(star);
      put(key, [...stars].sort());
    }
    show();
  };
  buttons.forEach((button, index) =>
    button.addEventListener("click", () => {
      const { star } = places[index].dataset;
      press([[star, !read().has(star)]]);
    }),
  );
  join?.addEventListener("click", () => {
    const stars = read();
    press([...own()].filter((star) => !stars.has(star)).map((star) => [star, true]));
    put(key, null);
    show();
  });
  if (mine) {
    addEventListener("online", send);
    send();
  }
  only.addEventListener("click", () => {
    location.hash = location.hash === "#starred" ? "everything" : "starred";
  });
  addEventListener("hashchange", show);
  addEventListener("storage", show);
  show();
  tool.hidden = false;
};
if (tool && canKeep()) begin();
