"""People with passwords and second steps, mails read from the outbox, and an authenticator made of software."""

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import send
from workshop_manager.accounts.models import Person
from workshop_manager.accounts.service import create_person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.models import OutboxMail

PASSWORD = "seven looms & a shuttle"
ORIGIN = "http://localhost"


def make_member(uow: UnitOfWork, email: str = "wahyuni@example.org", name: str = "Wahyuni", **values: Any) -> Person:
    """A confirmed person with the password above."""
    return create_person(uow, email=email, name=name, **({"password": PASSWORD} | values))


def sign_in(client: FlaskClient, email: str = "wahyuni@example.org", password: str = PASSWORD, **data: str) -> Any:
    """Type address and password."""
    return send(client, "/sign-in", {"email": email, "password": password} | data)


def mails(uow: UnitOfWork, to: str | None = None) -> list[OutboxMail]:
    """The outbox, oldest first."""
    query = select(OutboxMail).order_by(OutboxMail.id)
    return list(uow.session.scalars(query.where(OutboxMail.to_address == to) if to else query))


def link_in(mail: OutboxMail, base: str = ORIGIN) -> str:
    """The path of the one link a mail is about."""
    found = re.findall(rf"^{base}(/\S+)$", mail.text_body, re.MULTILINE)
    assert len(found) == 1, mail.text_body
    return found[0]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', page
    )
    assert found, page
    return html.unescape(found[1])


def turn_two_steps_on(client: FlaskClient, at: datetime, password: str = PASSWORD) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app: the app, and the recovery codes. Uses the code of `at`."""
    page = client.get("/account/two-step").text
    key = re.search(r'class="typed-key">([^<]+)<', page)
    assert key, page
    app = pyotp.TOTP(re.sub(r"[\s-]", "", key[1]))
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", page)
    data = {"sealed": hidden(page, "sealed"), "code": app.at(at), "present": password}
    answer = send(client, "/account/two-step", data)
    assert answer.status_code == 303, answer.text
    return app, codes


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """A device with one EC P-256 key, as WebAuthn level 2 describes it."""

    origin: str = ORIGIN
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = b"loom-key-0123456"
    user_handle: bytes = b""
    count: int = 0
    flags: int = 0x05  # user present, user verified

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def create(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(options)
        self.user_handle = _unb64(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(public)
        data = self._data(asked["rp"]["id"], 0x40) + attested
        response = {
            "clientDataJSON": _b64(self._client_data("webauthn.create", asked["challenge"])),
            "attestationObject": _b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return self._answer(response)

    def get(self, options: str) -> str:
        """The answer to `navigator.credentials.get`."""
        asked = json.loads(options)
        self.count += 1
        data = self._data(asked["rpId"], 0)
        client = self._client_data("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": _b64(client),
            "authenticatorData": _b64(data),
            "signature": _b64(signature),
            "userHandle": _b64(self.user_handle),
        }
        return self._answer(response)

    def _data(self, domain: str, extra: int) -> bytes:
        flags = bytes([self.flags | extra])
        return hashlib.sha256(domain.encode()).digest() + flags + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": _b64(self.credential_id),
                "rawId": _b64(self.credential_id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )


def options_in(page: str) -> str:
    """The options a passkey page carries for the browser."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def add_passkey(client: FlaskClient, device: Authenticator, name: str = "my phone", password: str = PASSWORD) -> Any:
    """Both halves of adding a passkey."""
    first = send(client, "/account/passkeys", {"name": name, "present": password})
    assert first.status_code == 303, first.text
    options = options_in(client.get("/account/passkeys/new").text)
    return send(client, "/account/passkeys/new", {"credential": device.create(options)})


def sign_in_by_passkey(client: FlaskClient, device: Authenticator, **data: str) -> Any:
    """The challenge, the page, the answer."""
    send(client, "/sign-in/passkey", data)
    options = options_in(client.get("/sign-in/passkey").text)
    return send(client, "/sign-in/passkey/answer", {"credential": device.get(options)})
