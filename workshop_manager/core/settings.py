"""Settings: `config/default.toml`, then the file in WORKSHOP_MANAGER_CONFIG, then WORKSHOP_MANAGER_* variables."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from workshop_manager.core.paths import CONFIG
from workshop_manager.core.tokens import derived_key

PREFIX = "WORKSHOP_MANAGER_"
DEMO_SECRET = "demo-secret-that-production-refuses-00000"  # noqa: S105 - refused by production, see doctor
DEMO_SELFID_KEY = "demo-key-of-answers-about-oneself-000000"
DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
JOB_STORES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "redis://", "rediss://")
KNOWN_SECRETS = (
    DEMO_SECRET,
    "testing-key-that-production-refuses-0000",
    DEMO_SELFID_KEY,
    "testing-key-of-answers-about-oneself-000",
)


class BadSettings(Exception):
    """Configuration that cannot be used; each problem is a sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, flat: `[mail] server` is `mail_server`. Their meaning stands in `config/default.toml`."""

    site_mode: str
    site_name: str
    site_base_url: str
    site_secret_key: str
    site_earlier_secret_keys: list[str]
    site_var: str
    site_founders: str
    site_contact: str
    selfid_key: str
    selfid_earlier_keys: list[str]
    server_host: str
    server_port: int
    server_workers: int
    server_threads: int
    server_trusted_proxies: int
    server_metrics_token: str
    server_max_body: int
    database_url: str
    jobs_url: str
    mail_delivery: str
    mail_server: str
    mail_port: int
    mail_use_tls: bool
    mail_use_ssl: bool
    mail_username: str
    mail_password: str
    mail_timeout: int
    mail_sender_name: str
    mail_sender_address: str
    mail_attempts: int
    limits_storage: str
    limits_sign_in_source: str
    limits_sign_in_account: str
    limits_mail_source: str
    language_default: str

    @property
    def is_demo(self) -> bool:
        return self.site_mode == "demo"

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret that seals, and the earlier ones, which only open."""
        return tuple(dict.fromkeys((self.site_secret_key, *self.site_earlier_secret_keys)))

    @property
    def sealing_keys(self) -> tuple[bytes, ...]:
        """The keys of sealed columns: of their own, but from the one secret that an installation has to keep."""
        return tuple(derived_key(secret, "sealed columns") for secret in self.secret_keys)

    @property
    def selfid_keys(self) -> tuple[bytes, ...]:
        """The keys of answers about oneself, which nothing else is sealed with; none where the site has none."""
        if not self.selfid_key:
            return ()
        given = dict.fromkeys((self.selfid_key, *self.selfid_earlier_keys))
        return tuple(derived_key(secret, "self-identification") for secret in given)

    @property
    def var(self) -> Path:
        return Path(self.site_var).absolute()

    @property
    def uploads(self) -> Path:
        return self.var / "uploads"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'workshop_manager.sqlite3'}"

    @property
    def jobs(self) -> str:
        return self.jobs_url or f"sqlite:///{self.var / 'jobs.sqlite3'}"

    @property
    def base_url(self) -> str:
        return self.site_base_url.rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.site_base_url.startswith("https://")


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read all sources in order; raises `BadSettings` naming every unknown key and every value of the wrong kind."""
    environ = os.environ if environ is None else environ
    values = _read_file(CONFIG / "default.toml")
    problems: list[str] = []
    if named := environ.get(f"{PREFIX}CONFIG"):
        try:
            given = _read_file(Path(named))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise BadSettings([f"The configuration file {named} cannot be read: {error}."]) from None
        problems += [f"{named}: there is no setting “{key}”." for key in given.keys() - values.keys()]
        values |= given
    for variable, typed in environ.items():
        key = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and key in values:
            values[key] = typed
    values |= overrides
    kinds = {f.name: f.type for f in fields(Settings)}
    for key, kind in kinds.items():
        try:
            values[key] = _convert(values[key], kind)
        except ValueError as error:
            problems.append(f"Setting {key}: {error}")
    # Named without its value, which may hold a password; before anything tries to open it.
    if values["database_url"] and not str(values["database_url"]).startswith(DATABASES):
        problems.append("Setting database_url: it must begin with sqlite:/// or postgresql+psycopg://.")
    if problems:
        raise BadSettings(problems)
    return Settings(**{key: values[key] for key in kinds})


def _read_file(path: Path) -> dict[str, Any]:
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{section}_{key}": value for section, keys in sections.items() for key, value in keys.items()}


def _convert(value: Any, kind: Any) -> Any:
    if kind is bool and isinstance(value, str):
        if value.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ValueError(f"“{value}” is neither true nor false.")
        return value.lower() in ("true", "1", "yes")
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ValueError(f"“{value}” is not a whole number.") from None
    if kind == list[str]:
        return _list(value)
    if not isinstance(value, kind):
        raise ValueError(f"“{value}” should be a {kind.__name__}.")
    return value


def _list(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        # Without the value, since the lists there are hold secrets.
        raise ValueError("it should be a list of texts (in a variable: parted by spaces).")
    return value


def startup_problems(settings: Settings) -> list[str]:
    """Why production must not start with these settings; empty if it may. Each is a sentence that says what to do."""
    if settings.is_demo:
        return []
    problems = []
    if settings.site_mode != "production":
        problems.append(f"site.mode is “{settings.site_mode}”: it must be “production” or “demo”.")
    if not settings.site_secret_key:
        problems.append(
            "site.secret_key is empty. Run `workshop-manager secret` and set WORKSHOP_MANAGER_SITE_SECRET_KEY."
        )
    elif settings.site_secret_key in KNOWN_SECRETS:
        problems.append(
            "site.secret_key is the demo's, which everybody knows. Run `workshop-manager secret` for one of your own."
        )
    elif len(settings.site_secret_key) < 32:
        problems.append("site.secret_key is too short: it needs at least 32 characters.")
    problems += _selfid_problems(settings)
    if not settings.site_base_url.startswith(("http://", "https://")):
        problems.append("site.base_url must begin with https:// (or http:// on a test machine).")
    if settings.mail_delivery not in ("smtp", "keep"):
        problems.append(f"mail.delivery is “{settings.mail_delivery}”: it must be “smtp” or “keep”.")
    if not settings.jobs.startswith(JOB_STORES):
        problems.append("jobs.url must begin with sqlite:///, postgresql:// or redis://.")
    return problems


def _selfid_problems(settings: Settings) -> list[str]:
    key = settings.selfid_key
    if key and (key in KNOWN_SECRETS or key in settings.secret_keys):
        return ["selfid.key must be a secret of its own. Run `workshop-manager secret` and put what it prints there."]
    if key and len(key) < 32:
        return ["selfid.key is too short: it needs at least 32 characters."]
    return []
