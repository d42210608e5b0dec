"""`hydrodiag manuals …` as an operator types it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hydrodiag.cli import app
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.manuals.versions import find_active

DATA = Path(__file__).parents[2] / "data"
Command = Callable[..., Result]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path
) -> Iterator[Command]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HYDRODIAG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OLLAMA_BASE_URL", "http://127.0.0.1:1")
    load_settings.cache_clear()
    yield lambda *words: CliRunner().invoke(app, ["manuals", *map(str, words)])
    load_settings.cache_clear()


def test_manuals_are_added_indexed_searched_and_judged(
    command: Command, database: Database, tmp_path: Path
) -> None:
    press = DATA / "manuals" / "HP-200.pdf"
    assert "HP-200.pdf: manual 1" in command("add", press).stdout
    assert "there already" in command("add", press).output
    assert '"version": "v_1"' in command("index").stdout
    assert "18 passages" in command("list").stdout
    assert "HP-200, page 18" in command("search", "relief valve V1 pressure").stdout
    questions = tmp_path / "questions.jsonl"
    rows = [
        {"question": "relief valve V1 pressure", "relevant": ["HP-200:18"]},
        {"question": "How do I bleed the press?", "pages": [{"doc": "HP-200", "page": 15}]},
        {"question": "Who won the football world cup?", "relevant": []},
    ]
    questions.write_text("\n".join(map(json.dumps, rows)))
    judged = command("evaluate", questions, "--keep")
    assert judged.exit_code == 0, judged.output
    assert "refusal recall: 1.00" in judged.stdout
    active = find_active(database)
    assert active is not None
    assert active.evaluation is not None
    assert active.evaluation["ranking"]["recall_at_5"] == 1.0
    assert "floor" in active.settings
    assert "HP-200, page 18" in command("search", "relief valve V1 pressure").stdout
