// Shows and hides questions while somebody answers, by the rules of workshop_manager/questions/rules.py (`shown`).
// Change both together; tests/questions/test_browser.py compares them. Without this file the server does it at each save.

/**
 * Which fields are asked. `items`: {field, kind, scopes, on, values}; `answers`: by field, null or a list of tokens.
 * @param {Array<{field: string, scopes: string[], on: string, values: string[]}>} items
 * @param {Object<string, string[]|null>} answers
 * @param {Set<string>} given
 * @returns {Set<string>}
 */
export function shown(items, answers, given) {
  const byField = new Map(items.map((item) => [item.field, item]));
  const known = new Map();
  const inScope = (scopes) => {
    const wanted = {};
    for (const scope of scopes) {
      const kind = scope.split(":")[0];
      wanted[kind] = (wanted[kind] ?? false) || given.has(scope);
    }
    return Object.values(wanted).every(Boolean);
  };
  const matches = (item) => {
    const answer = answers[item.on] ?? null;
    return answer !== null && (item.values.length === 0 || item.values.some((value) => answer.includes(value)));
  };
  const holds = (item, path) => {
    if (!item.on) return true;
    const source = byField.get(item.on);
    return source !== undefined && !path.includes(item.on) && matches(item) && isShown(source, [...path, item.field]);
  };
  const isShown = (item, path) => {
    if (!known.has(item.field)) known.set(item.field, inScope(item.scopes) && holds(item, path));
    return known.get(item.field);
  };
  return new Set(items.filter((item) => isShown(item, [item.field])).map((item) => item.field));
}

const words = (text) => (text ?? "").split(" ").filter(Boolean);

/** What is answered in this part of a form: null, or the tokens that a condition may name. */
function answerOf(place) {
  const controls = [...place.querySelectorAll("input, select, textarea")].filter((one) => !one.name.endsWith("_gone"));
  const said = controls.flatMap((one) => {
    if (one.type === "radio" || one.type === "checkbox") return one.checked && one.value ? [one.value] : [];
    if (one.type === "file") return one.files.length > 0 ? ["file"] : [];
    return one.value.trim() ? [one.value] : [];
  });
  return said.length > 0 || place.dataset.answered ? said : null;
}

function scopesOf(form) {
  const chosen = [...form.querySelectorAll("[data-scope]")].filter((one) => one.type !== "radio" || one.checked);
  return new Set(chosen.map((one) => `${one.dataset.scope}:${one.value}`));
}

function watch(form) {
  const places = [...form.querySelectorAll(".asked")];
  const items = places.map((place) => ({
    field: place.dataset.asked,
    scopes: words(place.dataset.scopes),
    on: place.dataset.on,
    values: words(place.dataset.values),
  }));
  const update = () => {
    const answers = Object.fromEntries(places.map((place) => [place.dataset.asked, answerOf(place)]));
    const now = shown(items, answers, scopesOf(form));
    for (const place of places) place.hidden = !now.has(place.dataset.asked);
    for (const section of form.querySelectorAll(".asked-section")) {
      const inside = [...section.querySelectorAll(".asked")];
      if (!section.hasAttribute("data-always")) section.hidden = inside.length > 0 && inside.every((place) => place.hidden);
    }
    for (const button of form.querySelectorAll('[data-show-questions=""]')) button.hidden = true;
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
}

if (typeof document !== "undefined") document.querySelectorAll(".asked-form").forEach(watch);
