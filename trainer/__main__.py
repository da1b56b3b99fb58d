"""The command `trainer` of the installed app, or `python -m trainer`: in a checkout, `flask --app trainer.app`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import FlaskGroup

from trainer.core.version import describe_version


def _create_app() -> Flask:
    from trainer.app import create_app  # `trainer --version` needs none of it

    return create_app()


def _say_version(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        click.echo(describe_version())
        context.exit()


main = FlaskGroup(
    name="trainer",
    create_app=_create_app,
    add_version_option=False,  # that option would show Flask's
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_say_version,
            help="Show the version, in a checkout with its commit.",
        )
    ],
    help="Serve and look after this installation. What these commands do is described in docs/operate.md.",
)

if __name__ == "__main__":
    main()
