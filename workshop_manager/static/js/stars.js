// Stars on the public schedule, kept in this browser alone: the page is the same for everybody.
// The page says everything but the stars without this file.
const tool = document.querySelector("[data-stars]");
const key = tool && `stars:${tool.dataset.stars}`;
const isStar = (star) => typeof star === "string" && /^[a-z2-7]{4}$/.test(star);
const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter(isStar) : []);
  } catch {
    return new Set();
  }
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
  const show = () => {
    const stars = read();
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
  buttons.forEach((button, index) =>
    button.addEventListener("click", () => {
      const stars = read();
      const { star } = places[index].dataset;
      if (!stars.delete(star)) stars.add(star);
      try {
        localStorage.setItem(key, JSON.stringify([...stars].sort()));
      } catch {
        // No room left: the button stays as it was.
      }
      show();
    }),
  );
  only.addEventListener("click", () => {
    location.hash = location.hash === "#starred" ? "everything" : "starred";
  });
  addEventListener("hashchange", show);
  addEventListener("storage", show);
  show();
  tool.hidden = false;
};
if (tool && canKeep()) begin();
