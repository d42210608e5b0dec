"""The fleet as YAML: out, in, and what is refused on the way."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hydrodiag.cli import app
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import (
    ComponentDraft,
    SensorDraft,
    SensorSpec,
    SystemDraft,
    SystemSpec,
    apply_specs,
    compare,
    list_sensors,
    load_specs,
    read_yaml,
    write_yaml,
)
from tests.machines import measured_machine

FLEET = """form: 1
systems:
- code: press-9
  name: Пресс № 9
  kind: press
  components:
  - code: pump
    name: Main pump
    kind: pump
  sensors:
  - tag: P_PUMP
    name: Pump pressure
    quantity: pressure
    unit: bar
    warn_high: 200
    critical_high: 220.5
    component: pump
"""
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1,
                max_size=20).filter(str.strip)  # fmt: skip
numbers = st.none() | st.floats(-1e9, 1e9, allow_nan=False)


@st.composite
def specs(draw: st.DrawFn) -> SystemSpec:
    codes = draw(st.lists(words, max_size=3, unique=True))
    tags = draw(st.lists(words, max_size=4, unique=True))
    sensors = tuple(
        SensorSpec(
            SensorDraft(tag=tag, name=draw(words), quantity=draw(words), unit=draw(words),
                        warn_high=draw(numbers), is_key=draw(st.booleans())),
            draw(st.sampled_from(["", *codes])),
        )
        for tag in tags
    )  # fmt: skip
    components = tuple(ComponentDraft(code=code, name=draw(words), kind="pump") for code in codes)
    system = SystemDraft(code=draw(words), name=draw(words), kind=draw(words), site=draw(words))
    return SystemSpec(system, components, sensors)


@given(specs())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_the_same_and_written_the_same(spec: SystemSpec) -> None:
    text = write_yaml([spec])
    assert read_yaml(text) == [spec]
    assert write_yaml(read_yaml(text)) == text


def apply(database: Database, text: str) -> list[tuple[str, str, str]]:
    wanted = read_yaml(text)
    planned = compare(load_specs(database, [e.system.code for e in wanted]), wanted)
    return [(each.kind, each.what, each.label) for each in apply_specs(database, wanted, planned)]


def test_a_file_makes_a_machine_and_a_second_time_changes_nothing(database: Database) -> None:
    assert apply(database, FLEET) == [
        ("new", "machine", "press-9"), ("new", "component", "press-9/pump"),
        ("new", "sensor", "press-9/P_PUMP"),
    ]  # fmt: skip
    assert apply(database, FLEET) == []
    assert write_yaml(load_specs(database)) == FLEET


def test_what_the_file_does_not_name_stays(database: Database) -> None:
    apply(database, FLEET)
    fewer = FLEET[: FLEET.index("  sensors:")]
    assert apply(database, fewer) == [("only here", "sensor", "press-9/P_PUMP")]
    assert [each.tag for each in list_sensors(database)] == ["P_PUMP"]


def test_the_unit_of_stored_readings_does_not_change(database: Database) -> None:
    measured_machine(database)
    [spec] = load_specs(database, ["press-1"])
    text = write_yaml([spec])
    unit = spec.sensors[0].draft.unit
    with pytest.raises(InvalidInput, match="its unit cannot change"):
        apply(database, text.replace(f"unit: {unit}", "unit: psi", 1))
    assert write_yaml(load_specs(database, ["press-1"])) == text


def test_what_changed_since_it_was_looked_at_is_not_overwritten(database: Database) -> None:
    apply(database, FLEET)
    mine, theirs = (read_yaml(FLEET.replace("200", high)) for high in ("190", "180"))
    planned = compare(load_specs(database), mine)
    apply_specs(database, theirs, compare(load_specs(database), theirs))
    with pytest.raises(InvalidInput, match="by somebody else"):
        apply_specs(database, mine, planned)
    assert list_sensors(database)[0].warn_high == 180


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("form: 1", "form: 2", "form is 2"),
        ("unit: bar", "unit: 7", "line 11: unit is 7, not a text"),
        ("warn_high: 200", "warn_high: high", "line 11: warn_high is 'high', not a number"),
        ("warn_high: 200", "warn_high: 300", "line 11: .* is above critical_high"),
        ("warn_high: 200", "wrn_high: 200", "line 11: wrn_high is not known"),
        ("    unit: bar\n", "", "line 11: unit is missing"),
        ("component: pump", "component: pomp", "line 3: .* sits on pomp"),
        ("component: pump", "tag: X", "line 11: tag is there twice"),
        ("kind: press", "kind: [", "no YAML: line"),
        ("kind: press", "kind: &a press\n  site: *a", "an alias"),
        ("kind: press", "kind: !!python/object/apply:os.system [ls]", "no YAML"),
        ("systems:", "systems: 3\nothers:", "others is not known"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_yaml(FLEET.replace(old, new, 1))


def test_the_commands_show_and_apply(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    load_settings.cache_clear()
    file = tmp_path / "fleet.yaml"
    file.write_text(FLEET, encoding="utf-8")
    run = CliRunner().invoke
    assert run(app, ["fleet", "diff", str(file)]).exit_code == 1
    assert "press-9/P_PUMP" in run(app, ["fleet", "import", str(file)]).output
    assert run(app, ["fleet", "diff", str(file)]).exit_code == 0
    assert run(app, ["fleet", "export", "press-9"]).output == FLEET
    assert isinstance(run(app, ["fleet", "export", "press-8"]).exception, InvalidInput)
    load_settings.cache_clear()
