"""House rules that a program can check."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer

from hydrodiag.cli import app
from hydrodiag.config import Settings
from hydrodiag.db import NamedQueries

ROOT = Path(__file__).resolve().parents[3]
SQL_FILES = sorted((ROOT / "hydrodiag").rglob("*.sql"))
SOURCES = sorted((ROOT / "hydrodiag").rglob("*.py"))


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sql_block_is_used_and_says_its_purpose(path: Path) -> None:
    blocks = NamedQueries(str(path), path.name).sources
    code = "\n".join(source.read_text() for source in path.parent.rglob("*.py"))
    assert blocks
    assert [name for name in blocks if not _is_named(name, code)] == []
    assert [name for name, text in blocks.items() if not text.startswith("--")] == []


def _is_named(block: str, code: str) -> bool:
    """In quotes, or put together: f"roll_up_{level}"."""
    prefixes = re.findall(r'f"(\w+_)\{', code)
    return f'"{block}"' in code or block.startswith(tuple(prefixes))


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_bound_parameter_is_cast_with_two_colons(path: Path) -> None:
    assert re.findall(r"(?<!:):\w+::", path.read_text()) == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    names = [
        str(field.validation_alias or name.upper()) for name, field in Settings.model_fields.items()
    ]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_direct_dependency_is_listed_with_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text()
    lines = [*(ROOT / "requirements.txt").open(), *(ROOT / "requirements-dev.txt").open()]
    names = [re.split(r"[\[=<>]", line.strip())[0] for line in lines if re.match(r"[a-z]", line)]
    assert [name for name in names if f"| {name} |" not in text] == []


def test_every_package_that_is_imported_is_a_direct_dependency() -> None:
    scripts = [ROOT / "app.py", ROOT / "scheduler.py", *(ROOT / "pages").glob("*.py")]
    modules = {name for path in (*SOURCES, *scripts) for name in _list_imports(path)}
    foreign = modules - sys.stdlib_module_names - {"hydrodiag", "pages"}
    providers = {
        module: {name.lower().replace("_", "-") for name in names}
        for module, names in packages_distributions().items()
    }
    listed = re.findall(r"^([a-z0-9-]+)", (ROOT / "requirements.txt").read_text(), re.M)
    assert {module for module in foreign if not providers[module] & set(listed)} == set()


def _list_imports(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for each in nodes if isinstance(each, ast.Import) for alias in each.names}
    below = {each.module or "" for each in nodes if isinstance(each, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | below}


def test_only_settings_read_the_environment() -> None:
    # The supervisor hands it on, and the bootstrap runs before there are settings.
    allowed = {"config.py", "supervisor.py", "bootstrap.py"}
    readers = [
        path.relative_to(ROOT)
        for path in SOURCES
        if re.search(r"os\.environ\[|os\.getenv|os\.environ\.get", path.read_text())
        and path.name not in allowed
    ]
    assert readers == []


CHANGES = re.compile(
    r"^\s*(?:return )?(?:create_sensor|create_system|request_job|request_stop|pause_job|resume_job|"
    r"reschedule_job|save_policy|add_hold|release_hold|store_upload|reject_quarantined|"
    r"retry_quarantined|fix_quarantined)\(resources", re.M,
)  # fmt: skip


def test_pages_change_things_only_on_behalf_of_somebody_who_may() -> None:
    """Through `acting.act`, which checks the role and writes the audit event."""
    pages = [path for path in SOURCES if path.parent.name == "ui"]
    assert [path.name for path in pages if CHANGES.search(path.read_text())] == []


DRAWN = {"plotly_chart", "dataframe", "line_chart", "image", "data_editor"}


def test_every_picture_chart_and_table_says_what_it_shows() -> None:
    """To those who do not see it: Streamlit would tell its number or nothing."""
    silent = [
        f"{path.name}:{call.lineno}"
        for path in (ROOT / "hydrodiag" / "ui").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        and call.func.attr in DRAWN and "alt" not in {each.arg for each in call.keywords}
    ]  # fmt: skip
    assert silent == []


def test_the_command_offers_the_verbs_of_make() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)
    verbs = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert set(targets) - verbs == {"help", "lock", "screenshots", "test-rag"}


def test_the_scheduler_never_loads_streamlit() -> None:
    code = "import sys, scheduler; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
