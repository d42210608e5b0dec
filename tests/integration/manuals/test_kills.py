"""Indexing is killed for real; `python -m benchmarks indexing_kills` does it a hundred times."""

import shutil
from pathlib import Path

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.manuals.building import build_if_needed, find_embedder
from hydrodiag.manuals.manual_jobs import open_store
from hydrodiag.manuals.versions import find_active
from tests.indexing_kills import Kills
from tests.ollama_stand_in import serving_ollama


def test_a_killed_indexer_loses_nothing_and_leaves_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving_ollama() as script:
        kills = Kills(database, database_url, tmp_path, script.url)
        kills.run(6)
    assert kills.violations == []
    assert sum(kills.stages.values()) == 6


def test_vectors_that_are_gone_are_built_again(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving_ollama() as script:
        kills = Kills(database, database_url, tmp_path, script.url)
        kills.run(0)
        active = find_active(database)
        assert active is not None
        shutil.rmtree(tmp_path / "index" / active.name)
        settings = Settings(HYDRODIAG_DATA_DIR=tmp_path, ollama_base_url=script.url)
        embedder = find_embedder(script.url, settings.default_embedding_model)
        built = build_if_needed(database, open_store(settings), embedder, lambda *_: None)
        again = find_active(database)
        assert again is not None
        assert built == again.id != active.id
        assert kills.violations == []
