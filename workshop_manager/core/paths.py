"""Where templates, migrations and default configuration lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLED = _PACKAGE / "bundled"


def _folder(name: str) -> Path:
    inside = _BUNDLED / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


TEMPLATES = _folder("templates")
MIGRATIONS = _folder("migrations")
CONFIG = _folder("config")
STATIC = _PACKAGE / "static"
TRANSLATIONS = _PACKAGE / "translations"
