// Says beneath each cost what it asks for, by the rules of workshop_manager/grants/costs.py (`asked`). Change both
// together. Without this file the server says it once the form is saved.
const DAY = 86400000;

/** Minor units of what was typed, or null: `1,290.50` with two digits is 129050. Only what is surely an amount. */
export function minor(typed, digits) {
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(typed.trim());
  if (!match || (match[2] ?? "").length > digits) return null;
  return Number(match[1].replaceAll(",", "")) * 10 ** digits + Number((match[2] ?? "").padEnd(digits, "0") || "0");
}

/** Nights between two days as the form holds them; null unless both are there and in order. */
export function nights(arrives, departs) {
  const stayed = Math.round((Date.parse(departs) - Date.parse(arrives)) / DAY);
  return Number.isNaN(stayed) || stayed < 0 ? null : stayed;
}

/** What a line asks for. `limit`: null or {amount, nights}, with nights 0 where it is no matter of nights. */
export function asked(estimate, own, limit, stayed) {
  const wanted = Math.max(0, estimate - own);
  if (!limit) return wanted;
  const times = limit.nights === 0 ? 1 : stayed === null ? limit.nights : Math.min(stayed, limit.nights);
  return Math.min(wanted, limit.amount * times);
}

const costs = globalThis.document?.querySelector("[data-costs]");
if (costs) {
  const form = costs.closest("form");
  const digits = Object.fromEntries(costs.dataset.digits.split(" ").map((pair) => pair.split(":")));
  const currency = () => form.elements.currency?.value ?? Object.keys(digits)[0];
  const say = () => {
    const code = currency();
    const places = Number(digits[code]);
    const stayed = nights(form.elements.arrives_on.value, form.elements.departs_on.value);
    for (const cost of costs.querySelectorAll("[data-cost]")) {
      const value = (part) => minor(cost.querySelector(`[name^="${part}_"]`).value || "0", places);
      const [estimate, own] = [value("amount"), value("own")];
      const found = cost.dataset.caps.split(" ").map((one) => one.split(":")).find((one) => one[0] === code);
      const limit = found ? { amount: Number(found[1]), nights: Number(found[2]) } : null;
      const said = cost.querySelector("[data-cost-said]");
      const wanted = estimate && own !== null ? asked(estimate, own, limit, stayed) : null;
      const text = wanted !== null && wanted !== estimate
        ? costs.dataset.asks.replace("%s", `${(wanted / 10 ** places).toLocaleString(document.documentElement.lang, { minimumFractionDigits: wanted % 10 ** places ? places : 0 })} ${code}`)
        : "";
      if (said.textContent !== text) said.textContent = text;
    }
  };
  form.addEventListener("input", say);
  say();
}
