// Passkeys: the one thing here that cannot work without JavaScript. The page carries the options, the form the answer.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((known) => ({ ...known, id: toBytes(known.id) }));

const ask = {
  get: (options) =>
    navigator.credentials.get({
      publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) },
    }),
  create: (options) =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        user: { ...options.user, id: toBytes(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      },
    }),
};

const asJson = (made) => {
  const given = made.response;
  const response = { clientDataJSON: toText(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = toText(given.attestationObject);
    response.transports = given.getTransports?.() ?? [];
  } else {
    response.authenticatorData = toText(given.authenticatorData);
    response.signature = toText(given.signature);
    if (given.userHandle) response.userHandle = toText(given.userHandle);
  }
  return JSON.stringify({
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    clientExtensionResults: made.getClientExtensionResults(),
    response,
  });
};

for (const place of document.querySelectorAll("[data-passkey]")) {
  const form = place.closest("form");
  const wrong = place.querySelector(".wrong");
  const field = form.elements.credential;
  const begin = async () => {
    wrong.hidden = true;
    try {
      field.value = asJson(await ask[place.dataset.passkey](JSON.parse(place.dataset.options)));
    } catch {
      wrong.hidden = false;
      return;
    }
    HTMLFormElement.prototype.submit.call(form);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
}

// The address typed above is not asked for a second time.
for (const details of document.querySelectorAll("[data-copy-address]")) {
  details.addEventListener("toggle", () => {
    const from = document.getElementById(details.dataset.copyAddress);
    const to = details.querySelector("input[type=email]");
    if (details.open && from.value && !to.value) to.value = from.value;
    if (details.open) (to.value ? details.querySelector("input[type=password]") : to).focus();
  });
}
