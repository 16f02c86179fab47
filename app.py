"""create_app(): joins the parts. The only file that knows them all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config, from_env
from samskap import cli
from samskap.models import Base
from samskap.models.session import TenantSession, engine_options, prepare
from samskap.services import health
from samskap.tasks import worker
from samskap.web import PAGES, assets, errors, headers, here, menu, words
from samskap.web.blueprint import RowId

Clock = Callable[[], datetime]


class ServiceSession(TenantSession, FlaskSession):
    """The session of one request, job or command."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def create_app(config: Config | None = None, *, clock: Clock = utc_now) -> Flask:
    """The service as one WSGI application; SettingError if it is told something that cannot be."""
    config = config or from_env()
    app = Flask("samskap", root_path=str(ROOT), static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(_flask_settings(config))
    app.extensions["config"] = config
    app.extensions["clock"] = clock
    app.extensions["migrations_head"] = health.head_of(ROOT / "migrations")
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    _add_database(app, config)
    assets.init_assets(app)
    headers.install(app)
    here.install(app)
    CSRFProtect(app)
    Babel(app, locale_selector=words.locale, default_translation_directories=str(ROOT / "translations"))
    words.install(app)
    menu.install(app)
    errors.install(app)
    worker.install(app)
    app.url_map.converters["int"] = RowId
    for pages in PAGES:
        app.register_blueprint(pages)
    return app


def main() -> None:
    """The console command `samskap`."""
    cli.main(create_app)


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config.database_url),
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": config.max_body,
        "MAX_FORM_MEMORY_SIZE": config.max_body,
        "MAX_FORM_PARTS": 1_000,
        "SESSION_COOKIE_NAME": "__Host-samskap" if config.https else "samskap",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "BABEL_DEFAULT_LOCALE": "nb",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Oslo",
    }


def _add_database(app: Flask, config: Config) -> None:
    if config.sqlite:
        Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    db = SQLAlchemy(app, model_class=Base, session_options={"class_": ServiceSession})
    Migrate(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        prepare(db.engine, become=config.become)
