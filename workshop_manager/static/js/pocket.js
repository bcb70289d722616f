// Keeps the ticket for when there is no network (keeping.js).
import { canKeep, keep } from "./keeping.js";

const said = document.getElementById("pocket-said");
if (canKeep) keep(location.pathname).then((isKept) => (said.hidden = !isKept)).catch(() => {});
