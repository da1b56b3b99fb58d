"""Composition root: builds the app from settings, content and the feature packages."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from flask import Flask, appcontext_popped, appcontext_pushed, current_app, g, has_app_context
from flask_compress import Compress
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from trainer.accounts import feature as accounts
from trainer.accounts.rules import KEPT
from trainer.accounts.signing_in import init_accounts
from trainer.assessment import feature as assessment
from trainer.assignments import feature as assignments
from trainer.cli import feature as cli
from trainer.compliance import feature as compliance
from trainer.content.figures import draw_ladder
from trainer.content.library import Complaint, Library
from trainer.content.own_words import own_words
from trainer.content.serving import (
    library,
    open_library,
    serve_again,
    serve_from,
    serve_newest,
    serve_region,
    served,
    served_in,
)
from trainer.content.times import Times
from trainer.core import own
from trainer.core.connections import connect_args
from trainer.core.db import REPLICA, db, init_db
from trainer.core.feature import init_features
from trainer.core.logs import init_logs, log_requests, log_slow_statements
from trainer.core.replica import OPTIONS as REPLICA_OPTIONS
from trainer.core.replica import init_replica
from trainer.core.schema import MIGRATIONS, list_version_folders
from trainer.core.settings import Settings, read_settings
from trainer.courses import feature as courses
from trainer.credentials import feature as credentials
from trainer.extras.api import feature as api
from trainer.extras.backups import feature as backups
from trainer.extras.badges import feature as badges
from trainer.extras.evidence import feature as evidence
from trainer.extras.inspectors import feature as inspectors
from trainer.extras.meetings import feature as meetings
from trainer.extras.mergers import feature as mergers
from trainer.extras.nights import feature as nights
from trainer.extras.notes import feature as notes
from trainer.extras.packs import feature as packs
from trainer.extras.panel import feature as panel
from trainer.extras.passkeys import feature as passkeys
from trainer.extras.pins import feature as pins
from trainer.extras.remarks import feature as remarks
from trainer.extras.reports import feature as reports
from trainer.extras.short_form import feature as short_form
from trainer.extras.study import feature as study
from trainer.extras.twins import feature as twins
from trainer.extras.webhooks import feature as webhooks
from trainer.home import feature as home
from trainer.instructing import feature as instructing
from trainer.items.registry import FOLDERS, MODELS
from trainer.jobs import feature as jobs
from trainer.joining import feature as joining
from trainer.learning import feature as learning
from trainer.operating import feature as operating
from trainer.operating.metrics import init_metrics
from trainer.operating.views.probes import init_probes
from trainer.organizations import feature as organizations
from trainer.organizations.queries import list_firm_names
from trainer.organizations.regions import region_of_user
from trainer.privacy import feature as privacy
from trainer.roster import feature as roster
from trainer.tools import feature as tools
from trainer.web import feature as web
from trainer.web.access import init_access
from trainer.web.addresses import REGION, init_addresses
from trainer.web.errors import init_errors
from trainer.web.headers import init_headers
from trainer.web.input_limits import init_input_limits
from trainer.web.language import init_language, language_tag
from trainer.web.limits import init_limits
from trainer.web.origin import init_origin
from trainer.web.page_cache import init_page_cache
from trainer.web.regions import init_regions
from trainer.web.retry import init_retry
from trainer.web.sessions import init_sessions
from trainer.web.static import init_static
from trainer.web.ways import init_ways

FEATURES: Final = (
    own.FEATURE,
    web.FEATURE,
    courses.FEATURE,
    accounts.FEATURE,
    organizations.FEATURE,
    credentials.FEATURE,
    learning.FEATURE,
    assessment.FEATURE,
    assignments.FEATURE,
    joining.FEATURE,
    roster.FEATURE,
    instructing.FEATURE,
    compliance.FEATURE,
    home.FEATURE,
    privacy.FEATURE,
    jobs.FEATURE,
    operating.FEATURE,
    cli.FEATURE,
    tools.FEATURE,
    backups.FEATURE,
    passkeys.FEATURE,
    pins.FEATURE,
    mergers.FEATURE,
    nights.FEATURE,
    notes.FEATURE,
    meetings.FEATURE,
    packs.FEATURE,
    badges.FEATURE,
    reports.FEATURE,
    inspectors.FEATURE,
    api.FEATURE,
    webhooks.FEATURE,
    twins.FEATURE,
    remarks.FEATURE,
    short_form.FEATURE,
    panel.FEATURE,
    evidence.FEATURE,
    study.FEATURE,
)
"""What the app is made of, from the bottom up, as packages may import each other."""


def create_app(settings: Settings | None = None, shelf: Library | None = None) -> Flask:
    """Build the app; `shelf` is content that is loaded already. Raises SettingsRefused."""
    settings = settings or read_settings()
    app = Flask(
        "trainer",
        root_path=str(Path(__file__).parent),
        static_folder=None,
        template_folder=".",  # a type of items keeps its templates beside its code
        instance_path=str(settings.instance),
    )
    app.config.update(_config(settings))
    # None of our functions is asynchronous; Flask would look into each of them again at each request.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    if shelf is not None:
        app.extensions["library"] = shelf
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    init_logs(settings)
    if settings.log_requests:
        log_requests(app)
    init_db(app)
    init_replica(app)
    if settings.slow_ms:
        _log_slow_statements(app, settings.slow_ms / 1000)
    app.extensions["migrate"] = LocalProxy(cache(lambda: _migrations(app)))
    init_language(app, lambda: served().site.languages)
    appcontext_pushed.connect(_serve_content, app)
    appcontext_popped.connect(_serve_outer_content, app)
    init_regions(app, _region_names, serve_region)
    init_page_cache(app, lambda: served().digest)
    init_errors(app)
    init_retry(app)
    init_sessions(app)
    init_origin(app)
    init_input_limits(app)
    init_accounts(app, list_firm_names, region_of_user())
    init_access(app)  # before the tokens, which end with a session: then an answer would end with it
    tokens = CSRFProtect(app)
    for feature in FEATURES:
        for part in feature.checks_tokens_itself:
            tokens.exempt(part)
    init_limits(app)
    init_probes(app)
    init_metrics(app)
    # The function set last runs first: headers, then compression, and what is kept has both.
    Compress(app)
    init_addresses(app)
    init_headers(app)
    init_static(app, FOLDERS, reread=settings.development)
    _add_features(app)
    app.context_processor(_layout)
    app.jinja_env.globals["sends_mail"] = settings.smtp_url is not None
    if settings.development:
        app.before_request(_reload_content)
    return app


def _log_slow_statements(app: Flask, seconds: float) -> None:
    with app.app_context():
        for engine in db.engines.values():
            log_slow_statements(engine, seconds)


def _add_features(app: Flask) -> None:
    init_features(app, FEATURES)
    for feature in FEATURES:
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
        for command in feature.commands:
            app.cli.add_command(command)
        app.jinja_env.globals.update(feature.answers)
    init_ways(app)


def _migrations(app: Flask) -> Any:
    """Return what Flask-Migrate keeps of the app. Only migrating needs it, and it imports much."""
    from flask_migrate import Migrate

    migrate = Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
    migrate.configure(_name_version_folders)
    return app.extensions["migrate"]


def _name_version_folders(config: Any) -> Any:
    folders = map(str, list_version_folders(Path(config.get_main_option("script_location"))))
    config.set_main_option("version_locations", os.pathsep.join(folders).replace("%", "%%"))
    return config


def _config(settings: Settings) -> dict[str, Any]:
    secure = not settings.is_local
    return {
        "SETTINGS": settings,
        "EXIT_TARGET": lambda: served().site.exit_target,
        "SECRET_KEY": settings.secret_key,
        # Sessions and forms take all keys: Flask its own list, Flask-WTF whatever `itsdangerous` takes.
        "SECRET_KEY_FALLBACKS": settings.keys.secrets[:-1],
        "WTF_CSRF_SECRET_KEY": settings.keys.secrets,
        "TRUSTED_HOSTS": settings.host_names,
        "MAX_CONTENT_LENGTH": settings.max_body_kb * 1024,
        "MAX_FORM_MEMORY_SIZE": settings.max_body_kb * 1024,
        "MAX_FORM_PARTS": 100,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,  # what people typed is no part of a log
            "pool_size": 10,  # as many as a process of the web server has threads that may want one
            "pool_use_lifo": True,  # the connection whose cache is warm
            "connect_args": connect_args(settings.database_url),
        },
        "SQLALCHEMY_BINDS": {REPLICA: {"url": settings.replica_url, **REPLICA_OPTIONS}} if settings.replica_url else {},
        "SESSION_COOKIE_NAME": "__Host-visit" if secure else "visit",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": KEPT,
        # Our pages send no Referer; where a request comes from is checked in web.origin.
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": int(KEPT.total_seconds()),
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_ZSTD_LEVEL": 1,  # half the time of 3, and hardly larger
        "COMPRESS_BR_LEVEL": 3,
        "COMPRESS_LEVEL": 5,
        "COMPRESS_MIN_SIZE": 500,
        "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,  # the tag is of what was compressed (web/page_cache.py)
        "TEMPLATES_AUTO_RELOAD": settings.development,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    }


def _serve_content(app: Flask, **_context: object) -> None:
    """Tell what serves where a request, a command or a task begins."""
    g.serving = serve_from(lambda: _library_of(app))
    serve_region(None)


def _serve_outer_content(_app: Flask, **_context: object) -> None:
    if has_app_context():
        serve_again(g.serving)
        serve_region(g.get(REGION))


def _library_of(app: Flask) -> Library:
    if "library" not in app.extensions:
        app.extensions["library"] = open_library(app.config["SETTINGS"], MODELS)
    shelf: Library = app.extensions["library"]
    return shelf


def _region_names() -> dict[str, str]:
    return {name: content.region.name for name, content in served().regions.items()}


def _layout() -> dict[str, Any]:
    content = served_in(language_tag())
    return {
        "site": content.site,
        "vocabulary": content.vocabulary,
        "region": content.region,
        "strip_lines": content.strip_lines(),
        "times": Times(content),
        "picture_of": content.pictures.get,
        "ladder": partial(draw_ladder, content.vocabulary, own_words(language_tag())),
        "complaints": _complaints(),
    }


def _complaints() -> tuple[Complaint, ...]:
    """Return, in development, what authors have to fix; the old content is served meanwhile."""
    if not current_app.config["SETTINGS"].development:
        return ()
    return tuple(complaint for complaint in library().complaints if complaint.level == "error")


def _reload_content() -> None:
    if library().reload_if_changed():
        serve_newest()
