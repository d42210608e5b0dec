from pathlib import Path

import pytest

from hydrodiag.db import NamedQueries


def queries(folder: Path, text: str) -> NamedQueries:
    (folder / "queries.sql").write_text(text)
    return NamedQueries(str(folder / "module.py"))


def test_blocks_are_found_by_name(tmp_path: Path) -> None:
    sql = queries(tmp_path, "-- name: one\n-- First.\nSELECT 1;\n\n-- name: two\nSELECT :x\n")
    assert sql.sources == {"one": "-- First.\nSELECT 1", "two": "SELECT :x"}
    assert str(sql["two"]) == "SELECT :x"


def test_a_name_may_stand_only_once(tmp_path: Path) -> None:
    sql = queries(tmp_path, "-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n")
    with pytest.raises(ValueError, match="stands twice"):
        _ = sql["one"]


def test_an_unknown_block_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        _ = queries(tmp_path, "-- name: one\nSELECT 1\n")["other"]
