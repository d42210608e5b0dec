"""House rules of the compose files."""

import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import SecretStr

from hydrodiag.config import Settings
from tests.unit.deployment.conftest import (
    DEVELOPMENT,
    PRODUCTION,
    ROOT,
    VARIABLES,
    Services,
    load_services,
)

FILES = [DEVELOPMENT, PRODUCTION]
ONE_SHOTS = {"migrate", "backup", "models", "volumes"}
STORES = {"timescaledb", "redis", "chroma", "ollama"}
# Read by uvicorn.
FOREIGN = {"FORWARDED_ALLOW_IPS"}
HYDRODIAG = {"app", "scheduler", "migrate", "backup"}


def each_service(path: Path) -> list[Any]:
    return [pytest.param(path, name, id=f"{path.stem}-{name}") for name in load_services(path)]


EVERY = [case for path in FILES for case in each_service(path)]
IN_PRODUCTION = each_service(PRODUCTION)


def hydrodiag_settings() -> set[str]:
    """Names that settings are read under, `…_FILE` of secrets included."""
    names = set()
    for field_name, field in Settings.model_fields.items():
        name = str(field.validation_alias or field_name.upper())
        is_secret = SecretStr in (field.annotation, *get_args(field.annotation))
        names |= {name, f"{name}_FILE"} if is_secret else {name}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_compose_itself_accepts_the_file(resolve: Any, path: Path) -> None:
    resolved = resolve(path, **VARIABLES)
    assert set(resolved["services"]) == set(load_services(path))


@pytest.mark.parametrize(
    ("path", "missing"), [(DEVELOPMENT, "POSTGRES_PASSWORD"), (PRODUCTION, "HYDRODIAG_DOMAIN")]
)
def test_what_has_to_be_chosen_is_asked_for(resolve: Any, path: Path, missing: str) -> None:
    with pytest.raises(AssertionError, match=f"Set {missing} to"):
        resolve(path, **{name: value for name, value in VARIABLES.items() if name != missing})


@pytest.mark.parametrize(("given", "replicas"), [({}, 2), ({"HYDRODIAG_APP_REPLICAS": "3"}, 3)])
def test_two_app_processes_serve_in_production(
    resolve: Any, given: dict[str, str], replicas: int
) -> None:
    services = resolve(PRODUCTION, **VARIABLES, **given)["services"]
    assert services["app"]["deploy"]["replicas"] == replicas
    assert "lb_policy cookie" in (ROOT / "deploy" / "Caddyfile").read_text()


@pytest.mark.parametrize(("path", "name"), EVERY)
def test_every_service_comes_back_or_is_a_one_shot(path: Path, name: str) -> None:
    service = load_services(path)[name]
    if name in ONE_SHOTS:
        assert service["restart"] == "no"
        assert "healthcheck" not in service
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize(("path", "name"), EVERY)
def test_every_service_has_a_memory_limit(path: Path, name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", load_services(path)[name]["mem_limit"])


@pytest.mark.parametrize(("path", "name"), EVERY)
def test_every_image_names_its_version(path: Path, name: str) -> None:
    image = re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", load_services(path)[name]["image"])
    tag = image.rpartition(":")[2]
    assert "/" not in tag
    assert tag != "latest"
    assert re.search(r"\d", tag) or image == "hydrodiag:dev"


@pytest.mark.parametrize(("path", "name"), EVERY)
def test_ports_of_development_are_on_the_loopback_address(path: Path, name: str) -> None:
    if path == DEVELOPMENT:
        published = load_services(path)[name].get("ports", [])
        assert all(port.startswith("127.0.0.1:") for port in published)


def test_only_caddy_is_reachable_in_production() -> None:
    services = load_services(PRODUCTION)
    assert {name for name, each in services.items() if each.get("ports")} == {"caddy"}
    assert "network_mode: host" not in PRODUCTION.read_text()


def test_the_stores_are_on_the_network_without_a_way_out() -> None:
    networks = yaml.safe_load(PRODUCTION.read_text())["networks"]
    assert networks["data"]["internal"] is True
    services = load_services(PRODUCTION)
    assert all(services[name]["networks"] == ["data"] for name in STORES)
    assert services["caddy"]["networks"] == ["edge"]


@pytest.mark.parametrize(("path", "name"), IN_PRODUCTION)
def test_nothing_in_production_is_privileged(path: Path, name: str) -> None:
    service = load_services(path)[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert not {"privileged", "devices", "pid", "ipc", "userns_mode"} & set(service)
    assert service.get("cap_add", []) in ([], ["NET_BIND_SERVICE"])
    assert any(str(each).startswith("/tmp:size=") for each in service["tmpfs"])  # noqa: S108


@pytest.mark.parametrize(("path", "name"), IN_PRODUCTION)
def test_no_secret_stands_in_the_production_file(path: Path, name: str) -> None:
    for variable, value in load_services(path)[name].get("environment", {}).items():
        assert "://" not in str(value) or "@" not in str(value)
        if re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL|REDIS_URL", variable):
            assert variable.endswith("_FILE")
            assert value.startswith("/run/secrets/")


def test_every_secret_is_a_file_that_make_secrets_writes() -> None:
    script = (ROOT / "deploy/make-secrets").read_text()
    declared = yaml.safe_load(PRODUCTION.read_text())["secrets"]
    for name, secret in declared.items():
        assert secret == {"file": f"./deploy/secrets/{name}"}
        assert f"write {name} " in script
    used = {each for s in load_services(PRODUCTION).values() for each in s.get("secrets", [])}
    assert used == set(declared)


@pytest.mark.parametrize(("path", "name"), EVERY)
def test_secrets_named_in_settings_are_handed_over(path: Path, name: str) -> None:
    service = load_services(path)[name]
    for variable, value in service.get("environment", {}).items():
        if variable.endswith("_FILE"):
            assert Path(value).name in service["secrets"]


@pytest.mark.parametrize(("path", "name"), EVERY)
def test_every_variable_of_ours_is_a_setting(path: Path, name: str) -> None:
    if name in HYDRODIAG:
        given = set(load_services(path)[name].get("environment", {}))
        assert given - hydrodiag_settings() - FOREIGN == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_app_and_scheduler_wait_for_the_migrations(path: Path) -> None:
    services = load_services(path)
    for name in ("app", "scheduler"):
        condition = services[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["timescaledb"]["condition"] == "service_healthy"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_volume_is_named_and_declared(path: Path) -> None:
    declared = set(yaml.safe_load(path.read_text())["volumes"])
    used = {source for source in _list_sources(load_services(path)) if not source.startswith(".")}
    assert used == declared


def _list_sources(services: Services) -> list[str]:
    mounts = [each for service in services.values() for each in service.get("volumes", [])]
    return [each["source"] if isinstance(each, dict) else each.split(":")[0] for each in mounts]


def test_folders_without_root_get_their_owner_from_our_image() -> None:
    """The consumers of the volumes that `volumes` makes must not copy their own over it."""
    services = load_services(PRODUCTION)
    made = {each.split(":")[0]: each.split(":")[1] for each in services["volumes"]["volumes"]}
    folders = re.search(r"--mode=0750 \\\n\s+(.+?)\n", (ROOT / "Dockerfile").read_text())
    assert folders is not None
    assert set(made.values()) <= set(folders[1].split())
    for name, service in services.items():
        for mount in service.get("volumes", []):
            if name != "volumes" and isinstance(mount, dict):
                assert mount["source"] in made
                assert mount["volume"] == {"nocopy": True}
                assert service["user"] == "10001:10001"
                assert "volumes" in service["depends_on"]


def test_both_files_run_the_same_versions_of_the_stores() -> None:
    development, production = (load_services(path) for path in FILES)
    assert {name: development[name]["image"] for name in STORES} == {
        name: production[name]["image"] for name in STORES
    }


def test_only_models_that_are_missing_are_pulled(tmp_path: Path) -> None:
    """The one-shot's own script, with a stand-in for ollama that has one of two models."""
    calls = tmp_path / "calls"
    stand_in = tmp_path / "ollama"
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" >> {calls}\ncase "$*" in "show small") exit 1 ;; esac\n'
    )
    stand_in.chmod(0o755)
    service = load_services(PRODUCTION)["models"]
    script = service["command"][0].replace("$$", "$")
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "MODELS": "large small"}
    subprocess.run([*service["entrypoint"], script], env=environment, check=True)
    assert [line for line in calls.read_text().splitlines() if "pull" in line] == ["pull small"]


@pytest.mark.parametrize("missing", ["backups", "caddy", "chroma", "ollama", ""])
def test_a_folder_that_cannot_be_written_stops_what_needs_it(tmp_path: Path, missing: str) -> None:
    for name in {"backups", "caddy", "chroma", "ollama"} - {missing}:
        (tmp_path / name).mkdir()
    command = load_services(PRODUCTION)["volumes"]["command"]
    words = [word.replace("$$", "$").replace("/data", str(tmp_path)) for word in command]
    assert (subprocess.run(words, check=False).returncode == 0) is (missing == "")
