// Says at an item's form that somebody has it open, and who else has: the grid shows it, too. The form works without it.
const place = document.getElementById("present");
const ask = async () => {
  if (document.hidden) return;
  const body = new FormData();
  body.set("csrf_token", place.dataset.token);
  body.set("uid", place.dataset.uid);
  try {
    const answer = await fetch(place.dataset.news, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
    const { people } = await answer.json();
    const same = people.filter((one) => one.uid === place.dataset.uid);
    place.hidden = !same.length;
    place.replaceChildren(...same.map((one) => Object.assign(document.createElement("li"), { textContent: one.said, dir: "auto" })));
  } catch {
    // Without a connection nobody is told.
  }
};
ask();
setInterval(ask, 10000);
