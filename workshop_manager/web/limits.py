"""Limits on attempts, by source and by account. One installation, one limiter; its store is a setting."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, default_limits=[], strategy="fixed-window", headers_enabled=False)
"""`get_remote_address` is the peer's address; forwarded headers count only behind the configured number of proxies."""
