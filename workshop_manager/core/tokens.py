"""Random tokens: 160 bits in an address or a mail, only their hash in the database."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """A URL-safe token of 160 random bits (27 characters)."""
    return secrets.token_urlsafe(20)


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. Enough, since the token itself is random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, from the site's secret."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def same_token(token: str, stored_hash: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(token_hash(token), stored_hash)
