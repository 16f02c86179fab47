"""Every setting of the service: typed, read from the environment once, with its unit and its default."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
DEFAULT_APP_ROLE = "samskap_app"
KNOWN_SECRETS = frozenset({"dev", "secret", "changeme", "samskap"})


class SettingError(ValueError):
    """A setting is missing or cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the service is told from outside. Times in seconds where nothing else is said."""

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    """What requests and workers use: on PostgreSQL a role that owns nothing and bypasses nothing."""
    owner_database_url: str = field(repr=False)
    """What migrations use; the same as database_url on SQLite."""
    instance_dir: Path
    demo: bool = False
    """A living demo municipality, with a button for each demo person. Never beside real people."""
    base_url: str = "http://127.0.0.1:8000"
    """Links in notices are built from this, never from the Host header."""
    trusted_hosts: tuple[str, ...] = ()
    municipality: str = "3440"
    """The municipality shown to someone whose host name and log-in say nothing else (kommunenummer)."""
    mail: str = ""
    """smtp://user:word@host:port, smtps:// or file:///folder; empty: instance_dir/mail in demo, else none is sent."""
    mail_from: str = "Samskap <ikke-svar@samskap.example>"
    geocoder: str = ""
    """https://ws.geonorge.no/adresser/v1, or empty: the postcode table alone."""
    proxies: int = 0
    """How many reverse proxies stand in front and set X-Forwarded-*."""
    embedded_worker: bool = True
    """Whether a thread of the web process empties the outbox (SQLite, small towns)."""
    max_body: int = 1_000_000
    """Largest request body in bytes; uploads have their own limit."""
    max_upload: int = 10_000_000

    @property
    def mail_folder(self) -> Path:
        """Where messages lie that are put into a folder instead of sent."""
        parts = urlsplit(self.mail)
        return Path(unquote(parts.path)) if parts.scheme == "file" else self.instance_dir / "mail"

    @property
    def sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.database_url.startswith("sqlite")

    @property
    def app_role(self) -> str:
        """On PostgreSQL the role that reads and writes rows: that of database_url, unless it is the owner's own."""
        user = urlsplit(self.database_url).username
        return DEFAULT_APP_ROLE if user is None or self.database_url == self.owner_database_url else unquote(user)

    @property
    def become(self) -> str:
        """The role a demo takes on when it was given the owner's address alone; elsewhere that address is refused."""
        return self.app_role if self.demo and not self.sqlite and self.database_url == self.owner_database_url else ""

    @property
    def https(self) -> bool:
        """Whether people reach us over TLS; demo mode on plain http is the only other way."""
        return self.base_url.startswith("https://")


def from_env(env: Mapping[str, str] | None = None) -> Config:
    """The settings of this process; SettingError names the first one that cannot be used."""
    env = os.environ if env is None else env
    instance = Path(env.get("SAMSKAP_INSTANCE_DIR") or ROOT / "instance").absolute()
    demo = _flag(env, "SAMSKAP_DEMO", default=False)
    base_url = env.get("SAMSKAP_BASE_URL") or f"http://{env.get('HOST', '127.0.0.1')}:{env.get('PORT', '8000')}"
    if not demo and not base_url.startswith("https://"):
        raise SettingError(f"SAMSKAP_BASE_URL is {base_url}; it must begin with https:// unless SAMSKAP_DEMO=1.")
    database = _database_url(env.get("SAMSKAP_DATABASE_URL") or f"sqlite:///{instance / 'samskap.db'}")
    return Config(
        secret_key=_secret(env, instance, demo=demo),
        database_url=database,
        owner_database_url=_database_url(env.get("SAMSKAP_OWNER_DATABASE_URL") or database),
        instance_dir=instance,
        demo=demo,
        base_url=base_url.rstrip("/"),
        trusted_hosts=_hosts(env, base_url, demo=demo),
        municipality=env.get("SAMSKAP_MUNICIPALITY", "3440"),
        mail=env.get("SAMSKAP_MAIL", ""),
        mail_from=env.get("SAMSKAP_MAIL_FROM", Config.mail_from),
        geocoder=env.get("SAMSKAP_GEOCODER", ""),
        proxies=int(env.get("SAMSKAP_PROXIES", "0")),
        embedded_worker=_flag(env, "SAMSKAP_EMBEDDED_WORKER", default=database.startswith("sqlite")),
    )


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    word = env.get(name, "").strip().lower()
    if word in ("", "0", "1", "no", "yes", "false", "true"):
        return default if word == "" else word in ("1", "yes", "true")
    raise SettingError(f"{name} is {word!r}; it may be 1 or 0.")


def _database_url(url: str) -> str:
    """The same database by the driver we carry."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite://", "postgresql+psycopg://")):
        raise SettingError("SAMSKAP_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _hosts(env: Mapping[str, str], base_url: str, *, demo: bool) -> tuple[str, ...]:
    named = [host.strip() for host in env.get("SAMSKAP_TRUSTED_HOSTS", "").split(",") if host.strip()]
    local = ["127.0.0.1", "localhost"] if demo else []
    return tuple(dict.fromkeys([urlsplit(base_url).hostname or "", *named, *local]))


def _secret(env: Mapping[str, str], instance: Path, *, demo: bool) -> str:
    """The key that signs cookies: from the environment; in demo mode made once and kept in the instance folder."""
    given = env.get("SAMSKAP_SECRET_KEY", "")
    if given:
        if len(given) < SHORTEST_SECRET or given.lower() in KNOWN_SECRETS:
            raise SettingError(f"SAMSKAP_SECRET_KEY must be {SHORTEST_SECRET} or more characters nobody can guess.")
        return given
    if not demo:
        raise SettingError(
            "SAMSKAP_SECRET_KEY is missing; make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )
    return _kept_secret(instance / "secret_key")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()
