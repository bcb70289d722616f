// Saves a draft while somebody types: on this device at once, on the server some seconds after the typing stops.
// The server's side is workshop_manager/submissions/autosave.py. Without this file every button saves.
const WAIT = 4000;
const AGAIN = 30000;
const OLD = 14 * 24 * 3600 * 1000;
const place = document.getElementById("typing");
const form = document.getElementById("submission");
const sign = document.getElementById("saved");
const offer = document.getElementById("kept-here");
let name = `wm-draft:${place.dataset.key}`;
const isDraft = place.dataset.draft === "draft";

// Files are not kept: browsers cannot put them back. The token is of this page, and "do" of a button.
const fieldsOf = () =>
  [...new FormData(form)].filter(([key, value]) => typeof value === "string" && key !== "csrf_token" && key !== "do");
const said = (fields) => JSON.stringify(fields.filter(([key]) => key !== "version" && key !== "form_key" && !key.endsWith("-id")));

const say = (icon, strong, soft = "", link = null) => {
  sign.querySelector("use").setAttribute("href", sign.querySelector("use").getAttribute("href").replace(/#.*/, `#${icon}`));
  const words = sign.querySelector("span");
  const first = document.createElement("b");
  first.textContent = strong;
  const second = document.createElement(link ? "a" : "span");
  second.className = "soft small";
  second.textContent = soft;
  if (link) Object.assign(second, { href: link, target: "_blank", className: "small" });
  words.replaceChildren(first, document.createElement("br"), second);
};

// What this browser holds. A full or forbidden store is no reason to stop typing.
const store = {
  read: (key = name) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write: (fields, sent = false) => {
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), action: form.action, fields, sent }));
      return true;
    } catch {
      return false;
    }
  },
  forget: () => {
    try {
      localStorage.removeItem(name);
    } catch {
      // nothing was kept
    }
  },
  clean: () => {
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith("wm-draft:"))) {
        if (Date.now() - (store.read(key)?.at ?? 0) > OLD) localStorage.removeItem(key);
      }
    } catch {
      // nothing was kept
    }
  },
};

let onServer = said(fieldsOf());
let timer = null;
let under = null;
let stopped = place.dataset.crossed !== "";

const later = (delay) => {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, delay);
};

function took(answer, sent) {
  onServer = sent;
  if (!answer.saved) return;
  form.elements.version.value = answer.version;
  if (form.action !== new URL(answer.address, location.href).href) {
    store.forget();
    name = `wm-draft:${answer.key}`;
    form.action = answer.address;
    history.replaceState(null, "", answer.address);
  }
  answer.authors.forEach((id, row) => {
    const field = form.elements[`authors-${row}-id`];
    if (field && id !== null) field.value = id;
  });
  const todos = document.getElementById("todos");
  if (todos) todos.innerHTML = answer.todos;
  const twins = document.getElementById("twins");
  if (twins && twins.innerHTML.trim() !== answer.twins.trim()) twins.innerHTML = answer.twins;
  say("cloud-check", answer.said, place.dataset.saidMore);
}

async function post() {
  const data = new FormData(form);
  for (const [key, value] of [...data]) if (typeof value !== "string") data.delete(key);
  data.set("do", "auto");
  const sent = said(fieldsOf());
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST", body: data, redirect: "manual", headers: { Accept: "application/json" },
    });
  } catch {
    say("warning", place.dataset.saidHere);
    later(AGAIN);
    return;
  }
  const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
  if (isOurs && response.ok) {
    took(await response.json(), sent);
    if (said(fieldsOf()) === sent) store.forget();
    else later(WAIT);
  } else if (isOurs) {
    stopped = true;
    say("warning", (await response.json()).why);
  } else if (response.status >= 500) {
    say("warning", place.dataset.saidHere);
    later(AGAIN);
  } else {
    say("warning", place.dataset.saidOut, place.dataset.signIn, place.dataset.signInUrl);
    later(AGAIN);
  }
}

async function save() {
  if (under || stopped || said(fieldsOf()) === onServer) return;
  under = post();
  await under;
  under = null;
}

function typed() {
  const fields = fieldsOf();
  if (said(fields) === onServer) return;
  const kept = store.write(fields);
  if (isDraft) later(WAIT);
  else if (kept) say("floppy-disk", place.dataset.saidCopy);
}

form.addEventListener("input", typed);
form.addEventListener("change", typed);
window.addEventListener("online", () => later(0));
// Without a connection nothing is begun here: a request of a page that is going away might end nowhere, or later than thought.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && isDraft && navigator.onLine) later(0);
});

// A button waits for what is under way: otherwise it would cross with itself. What it sends stays here until it is saved.
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  stopped = true;
  const submitter = event.submitter;
  if (under) {
    event.preventDefault();
    under.finally(() => form.requestSubmit(submitter));
    return;
  }
  if (said(fieldsOf()) !== onServer) store.write(fieldsOf(), true);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) stopped = place.dataset.crossed !== "";
});

if (isDraft && form.elements.version.value === "0") say("circle-dashed", sign.querySelector("b").textContent, place.dataset.saidAuto);

// Offer again what was never sent. It goes back through the server, which shows both versions if they differ.
store.clean();
const kept = store.read();
const isSame = kept && said(kept.fields) === onServer;
const version = (fields) => fields.find(([key]) => key === "version")?.[1];
if (kept && (isSame || (kept.sent && version(kept.fields) !== form.elements.version.value))) store.forget();
else if (kept) {
  offer.hidden = false;
  offer.querySelector("[data-kept-when]").textContent = new Date(kept.at).toLocaleString(document.documentElement.lang.replace(/^(en)?$/, "en-GB"), {
    weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hour12: false,
  });
  offer.querySelector("[data-kept-forget]").addEventListener("click", () => {
    store.forget();
    offer.hidden = true;
  });
  offer.querySelector("[data-kept-back]").addEventListener("click", () => {
    const back = document.createElement("form");
    Object.assign(back, { method: "post", action: kept.action, enctype: "multipart/form-data", hidden: true });
    for (const [key, value] of [...kept.fields, ["csrf_token", form.elements.csrf_token.value], ["do", "show"]]) {
      const input = document.createElement("textarea");
      Object.assign(input, { name: key, value });
      back.append(input);
    }
    document.body.append(back);
    back.submit();
  });
}
