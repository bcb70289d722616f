// Sliders beside the figures of “What if”, and a look by itself while a proposal is worked out. Without this file the
// figures are typed, and the page has a button to look again.
for (const field of document.querySelectorAll("[data-slide]")) {
  const most = Number(field.dataset.most ?? field.max);
  const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: most, className: "form-range" });
  range.step = most > 100 ? Math.max(1, Math.round(most / 200)) : 1;
  range.value = field.value || 0;
  range.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  range.addEventListener("input", () => { field.value = range.value; });
  field.addEventListener("input", () => { range.value = Number(field.value) || 0; });
  field.after(range);
}
if (document.querySelector("[data-waits]")) setTimeout(() => location.reload(), 2000);
