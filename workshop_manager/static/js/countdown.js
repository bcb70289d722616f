// What is left until a deadline, counted on from what the server wrote: the clock of the reader may be wrong.
// The page says the same without this file.
const parts = (seconds) => ({
  days: Math.floor(seconds / 86400),
  hours: Math.floor((seconds % 86400) / 3600),
  minutes: Math.floor((seconds % 3600) / 60),
  seconds: seconds % 60,
});
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const places = [...document.querySelectorAll("[data-countdown]")].map((place) => ({
  place,
  end: performance.timeOrigin + 1000 * Number(place.dataset.countdown),
}));
const tell = () => {
  for (const { place, end } of places) {
    const left = Math.floor((end - Date.now()) / 1000);
    const found = parts(Math.max(left, 0));
    const { over, days, hours, minutes } = place.dataset;
    const text = left < 0 ? over : found.days > 0 ? days : found.hours > 0 ? hours : minutes;
    const words = fill(text, found);
    if (place.textContent !== words) place.textContent = words;
  }
};
if (places.length > 0) {
  tell();
  setInterval(tell, 1000);
}
