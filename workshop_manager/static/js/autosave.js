// Keeps a form while it is typed. Any form may use it, and works without it:
//   <form method="post" data-autosave="ADDRESS"> … <p role="status" data-autosave-said data-saving="…" data-failed="…" data-signed-out="…"></p>
// Its fields are sent to ADDRESS two seconds after the last key and when the page is left. The answer is JSON:
// {saved, message, version}; `message` is shown, `version` goes into the form's hidden field of that name, so that the
// form itself starts from what was kept. A form that is being sent is not kept beside it.
const WAIT = 2000;
const AGAIN = 15000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const said = form.querySelector("[data-autosave-said]");
  let timer = 0;
  let changed = false;
  let busy = false;
  let over = false;
  let waiting = null;

  const say = (text) => {
    if (said && text) said.textContent = text;
  };
  const content = () => {
    const data = new FormData(form);
    data.delete("once"); // it names the one act of sending the form, which this is not
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  };
  const plan = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const save = async () => {
    if (!changed || over) return;
    if (busy) return plan(WAIT);
    busy = true;
    changed = false;
    let failed = said?.dataset.failed;
    say(said?.dataset.saving);
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: content(), redirect: "manual", headers: { Accept: "application/json" } });
      // Sent on to the sign-in page, or the form's token is of no session any more: there is a connection all the same.
      if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 401) failed = said?.dataset.signedOut || failed;
      const told = await answer.json();
      if (told.version && form.elements.version) form.elements.version.value = told.version;
      say(told.message);
    } catch {
      changed = true;
      say(failed);
      plan(AGAIN);
    }
    busy = false;
    if (waiting) form.requestSubmit(waiting.submitter);
  };

  form.addEventListener("input", () => {
    changed = true;
    plan(WAIT);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    if (busy) {
      // What is on its way changes the version this form starts from: first that, then this.
      event.preventDefault();
      waiting = { submitter: event.submitter };
      return;
    }
    over = true;
  });
  addEventListener("online", save);
  addEventListener("pagehide", () => {
    if (changed && !over) navigator.sendBeacon?.(form.dataset.autosave, content());
  });
  // Back from the page that the form led to: it can be typed into again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) over = false;
  });
}
