from pathlib import Path

from flask import Flask

from trainer.items.registry import FOLDERS
from trainer.web.static import FOLDER, init_static


def serve(*folders: Path, reread: bool = False) -> Flask:
    app = Flask("trainer", static_folder=None)
    init_static(app, folders, reread=reread)
    return app


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return app.url_for("static", filename=name)


def get(app: Flask, name: str) -> str:
    return app.test_client().get(address(app, name)).text


def test_a_folder_adds_its_style_and_script_to_the_files_that_pages_have(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("@layer parts { .new { color: red; } }\n")
    (tmp_path / "script.js").write_text("/* new */\n")
    app = serve(tmp_path, FOLDER)
    style, script = ((FOLDER / name).read_text() for name in ("components.css", "app.js"))
    assert get(app, "components.css") == style + "@layer parts { .new { color: red; } }\n"
    assert get(app, "app.js") == script + "/* new */\n"
    assert app.test_client().get("/static/x/style.css").status_code == 404


def test_its_address_changes_with_what_folders_add_and_development_reads_it_again(tmp_path: Path) -> None:
    assert address(serve(), "app.js") != address(serve(*FOLDERS), "app.js")
    app = serve(tmp_path, reread=True)
    (tmp_path / "script.js").write_text("/* written later */\n")
    assert get(app, "app.js").endswith("/* written later */\n")


def test_types_of_items_keep_their_styles_in_their_folders() -> None:
    served, ours = get(serve(*FOLDERS), "components.css"), (FOLDER / "components.css").read_text()
    for rule in (".marks.answered {", ".spot {", ".parts dt {"):
        assert rule in served
        assert rule not in ours
