"""Shortcuts for processes that build app after app, of which each has all that it would have without them."""

from __future__ import annotations

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from tests.once import once

_compile = Rule.compile
_compiled: dict[tuple[object, ...], dict[str, object]] = {}


def share_what_is_compiled() -> None:
    """From now on, compile templates once in a test run, and addresses once in this process."""
    # Each test builds an app of its own; that they compile the same templates would be half of what many take. The
    # folder is made here, so that it is one for all processes.
    Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(str(once("templates", lambda _folder: None)))
    # Nor need werkzeug take apart 320 addresses again and compile what builds them, which is nearly all of making an
    # app.
    Rule.compile = _compile_once  # type: ignore[method-assign, assignment]


def _compile_once(rule: Rule) -> None:
    key = (rule.rule, rule.subdomain, str(rule.defaults), rule.merge_slashes)
    if key not in _compiled:
        _compile(rule)
        made = ("_parts", "_trace", "_converters", "arguments")
        builders = {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
        _compiled[key] = {name: getattr(rule, name) for name in made} | builders
        return
    for name, value in _compiled[key].items():
        setattr(rule, name, value.__get__(rule) if name.startswith("_build") else value)  # type: ignore[attr-defined]
