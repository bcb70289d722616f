// Shows Markdown as it will look while it is typed: the server renders it, by the same rules as the public page.
for (const area of document.querySelectorAll("[data-preview]")) {
  const box = document.getElementById(area.dataset.previewInto);
  const body = box?.querySelector("[data-preview-body]");
  const token = area.form?.elements.csrf_token?.value;
  if (!body || !token) continue;
  for (const row of document.querySelectorAll("[data-without-js]")) row.hidden = true;
  box.hidden = false;
  let waiting = null;
  let asked = 0;
  const show = async () => {
    asked += 1;
    const mine = asked;
    const data = new URLSearchParams({ csrf_token: token, text: area.value });
    try {
      const answer = await fetch(area.dataset.preview, { method: "POST", body: data });
      // An older answer must not overtake a newer one.
      if (answer.ok && mine === asked) body.innerHTML = await answer.text();
    } catch {
      // The line is down: what was shown last stays.
    }
  };
  area.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });
  if (area.value) show();
}
