"""Composition root: builds the app from settings, content and the feature packages."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from trainer.accounts.rules import KEPT
from trainer.accounts.second_factor_views import blueprint as accounts
from trainer.accounts.views import end_at_exit, init_accounts
from trainer.assessment.views.attempts import blueprint as assessment
from trainer.assessment.views.drills import blueprint as drills
from trainer.assessment.views.first_try import blueprint as first_try
from trainer.assignments.views import blueprint as requirements
from trainer.cli.accounts import accounts_cli
from trainer.cli.admin import admin_cli
from trainer.cli.content import content_cli
from trainer.cli.credentials import credentials_cli
from trainer.cli.guests import guests_cli
from trainer.cli.jobs import jobs_cli
from trainer.cli.mail import mail_cli
from trainer.cli.seed import seed_cli
from trainer.cli.serve import serve
from trainer.cli.setup import setup
from trainer.compliance.views.evidence import blueprint as evidence
from trainer.compliance.views.inspections import blueprint as inspections
from trainer.compliance.views.training import blueprint as training
from trainer.core.db import db, init_db
from trainer.core.settings import ROOT, Settings, read_settings
from trainer.courses.card_views import blueprint as cards
from trainer.courses.current import content, library
from trainer.courses.library import Complaint, Library
from trainer.courses.previews import blueprint as previews
from trainer.courses.views import blueprint as courses
from trainer.credentials.views import blueprint as credentials
from trainer.home.views import blueprint as home
from trainer.instructing.views.board import blueprint as board
from trainer.instructing.views.classes import blueprint as classes
from trainer.instructing.views.cohorts import blueprint as cohorts
from trainer.instructing.views.meetings import blueprint as meetings
from trainer.interop.views.api import blueprint as api
from trainer.interop.views.tokens import blueprint as api_tokens
from trainer.jobs.views import blueprint as mail
from trainer.joining.invitation_views import blueprint as entry
from trainer.joining.roster_views import blueprint as roster
from trainer.joining.views import blueprint as joining
from trainer.learning.views import blueprint as learning
from trainer.organizations.views.audit import blueprint as audit
from trainer.organizations.views.closing import blueprint as closing
from trainer.organizations.views.codes import blueprint as codes
from trainer.organizations.views.firms import blueprint as organizations
from trainer.organizations.views.invitations import blueprint as invitations
from trainer.organizations.views.people import blueprint as people
from trainer.organizations.views.teams import blueprint as teams
from trainer.web.access import init_access
from trainer.web.errors import init_errors
from trainer.web.headers import init_headers
from trainer.web.language import init_language
from trainer.web.limits import init_limits
from trainer.web.origin import init_origin
from trainer.web.sessions import init_sessions
from trainer.web.static import init_static
from trainer.web.still import init_still
from trainer.web.views import blueprint as web


def create_app(settings: Settings | None = None, shelf: Library | None = None) -> Flask:
    """Build the app; `shelf` is content that is loaded already. Raises SettingsRefused."""
    settings = settings or read_settings()
    app = Flask(
        "trainer",
        root_path=str(Path(__file__).parent),
        static_folder=None,
        instance_path=str(settings.instance),
    )
    app.config.update(_config(settings))
    if shelf is not None:
        app.extensions["library"] = shelf
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("flask-limiter").setLevel(logging.ERROR)  # below that it names network addresses
    init_db(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    init_language(app)
    init_still(app, lambda: library().content.digest)
    init_errors(app)
    init_sessions(app)
    init_origin(app)
    tokens = CSRFProtect(app)
    tokens.exempt(first_try)
    tokens.exempt(end_at_exit)
    init_accounts(app)
    init_access(app)
    init_limits(app)
    # The function set last runs first: headers, then compression, and what is kept has both.
    Compress(app)
    init_headers(app)
    init_static(app, reread=settings.development)
    readers = (web, courses, cards, previews, credentials)
    learners = (accounts, learning, assessment, drills, first_try, joining, entry, home)
    firms = (organizations, closing, people, teams, invitations, codes, roster, requirements, audit)
    readings = (training, evidence, inspections, api_tokens, api)
    instructors = (cohorts, board, meetings, classes)
    for blueprint in (*readers, *learners, *firms, *readings, *instructors, mail):
        app.register_blueprint(blueprint)
    commands = (
        accounts_cli,
        admin_cli,
        content_cli,
        credentials_cli,
        guests_cli,
        jobs_cli,
        mail_cli,
        seed_cli,
        setup,
        serve,
    )
    for command in commands:
        app.cli.add_command(command)
    app.context_processor(_layout)
    if settings.development:
        app.before_request(_reload_content)
    return app


def create_server() -> Flask:
    """Build the app for the server, with its content. Raises ContentRefused instead of starting half."""
    app = create_app()
    with app.app_context():
        library()
    return app


def _config(settings: Settings) -> dict[str, Any]:
    secure = not settings.is_local
    return {
        "SETTINGS": settings,
        "EXIT_TARGET": lambda: content().site.exit_target,
        "SECRET_KEY": settings.secret_key,
        "TRUSTED_HOSTS": settings.host_names,
        "MAX_CONTENT_LENGTH": settings.max_body_kb * 1024,
        "MAX_FORM_MEMORY_SIZE": settings.max_body_kb * 1024,
        "MAX_FORM_PARTS": 100,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,  # what people typed is no part of a log
            "pool_pre_ping": not settings.database_url.startswith("sqlite"),
        },
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
        "COMPRESS_ZSTD_LEVEL": 3,
        "COMPRESS_BR_LEVEL": 3,
        "COMPRESS_LEVEL": 5,
        "COMPRESS_MIN_SIZE": 500,
        "RATELIMIT_HEADERS_ENABLED": False,
        "TEMPLATES_AUTO_RELOAD": settings.development,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    }


def _layout() -> dict[str, Any]:
    here = content()
    return {"site": here.site, "strip_lines": here.strip_lines(), "complaints": _complaints()}


def _complaints() -> tuple[Complaint, ...]:
    """Return, in development, what authors have to mend; the old content goes on being served."""
    if not current_app.config["SETTINGS"].development:
        return ()
    return tuple(one for one in library().complaints if one.level == "error")


def _reload_content() -> None:
    library().reload_if_changed()
