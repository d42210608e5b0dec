"""Plain questions about live state, understood by rules, with and without a language model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hydrodiag.fleet import Sensor, System

QUESTION_OF_FLEET = re.compile(
    r"\b(which|what|list|show|how many|any)\b.{0,30}\b(machines?|systems?|presses|units)\b"
    r"|\b(какие|каких|какая|сколько|покажи|список)\b.{0,30}\b(машин\w*|станк\w*|систем\w*|пресс\w*|"
    r"установ\w*|агрегат\w*)",
    re.IGNORECASE,
)
MACHINES = re.compile(
    r"\b(machines?|sensors?|readings?|findings?|alarms?|faults?|maintenance|limits?)\b"
    r"|\b(машин\w*|станк\w*|датчик\w*|показани\w*|неисправност\w*|авари\w*|обслуживани\w*)",
    re.IGNORECASE,
)
QUESTION_OF_ALL = re.compile(
    r"\b(which|what|list|show|any|open|current)\b|\b(какие|покажи|список|есть ли|текущ\w*)",
    re.IGNORECASE,
)
STATES = (
    ("critical", re.compile(r"\bcritical|\balarm|\bавари|\bкритич", re.IGNORECASE)),
    ("warning", re.compile(r"\bwarning|\bпредупрежд", re.IGNORECASE)),
    ("stale", re.compile(r"\bstale|\bsilent|\boffline|\bне\s+переда|\bмолч", re.IGNORECASE)),
)
NOW = re.compile(
    r"\b(now|currently?|state|status|how is|doing|latest|newest|reading|value)\b"
    r"|\b(сейчас|текущ\w*|состояни\w*|статус|показани\w*|значени\w*|как дела)",
    re.IGNORECASE,
)
FINDINGS = re.compile(
    r"\b(findings?|faults?|alarms?|wrong|defects?|why is|what is the cause|cause)\b"
    r"|\b(неисправност\w*|отказ\w*|дефект\w*|что не так|причин\w*)",
    re.IGNORECASE,
)
MAINTENANCE = re.compile(
    r"\b(maintenance|repair(s|ed)?|serviced?|replaced|exchanged)\b.{0,40}"
    r"\b(last|when|history|done|ever)\b"
    r"|\b(when|last|history)\b.{0,40}\b(maintenance|repair(s|ed)?|serviced?|replaced|exchanged)\b"
    r"|\bкогда\b.{0,40}\b(ремонтир\w*|обслужив\w*|менял\w*|заменял\w*)",
    re.IGNORECASE,
)
LIMITS = re.compile(r"\b(limits?|thresholds?)\b|\b(предел\w*|порог\w*|уставк\w*)", re.IGNORECASE)
JOBS = re.compile(
    r"\b(jobs?|scheduler|maintenance runs?)\b|\b(задани\w*|планировщик\w*)", re.IGNORECASE
)
DATABASE = re.compile(
    r"\b(database|timescale(db)?|chunks?|hypertables?|compression|retention)\b"
    r"|\b(баз[аеуы] данных|хранилищ\w*)",
    re.IGNORECASE,
)
HEALTH = re.compile(
    r"\b(state|status|health\w*|ok|fine|failed|run|ran|running)\b|\b(состояни\w*|статус|работа\w*|"
    r"ошибк\w*)",
    re.IGNORECASE,
)
SPAN = re.compile(
    r"(?:last|past|за|последни\w+)\s+(?:последни\w+\s+)?(\d+)?\s*"
    r"(hours?|days?|weeks?|час\w*|дн\w*|день|сут\w*|недел\w*)",
    re.IGNORECASE,
)
HOURS = {"h": 1, "ч": 1, "d": 24, "д": 24, "с": 24, "w": 168, "н": 168}
WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Call:
    tool: str
    arguments: Mapping[str, str] = field(default_factory=dict)


def find_calls(question: str, systems: Sequence[System], sensors: Sequence[Sensor]) -> list[Call]:
    """The tools that answer the question; none where it asks for something else.

    A machine counts as named by its code or whole name, a sensor by its tag.
    """
    system = _find_named(question, systems)
    if system is not None:
        return _ask_machine(question, system, [s for s in sensors if s.system_id == system.id])
    if QUESTION_OF_FLEET.search(question):
        state = next((name for name, words in STATES if words.search(question)), "")
        return [Call("list_machines", {"state": state} if state else {})]
    if FINDINGS.search(question) and QUESTION_OF_ALL.search(question):
        return [Call("list_findings")]
    if JOBS.search(question) and HEALTH.search(question):
        return [Call("job_state")]
    if DATABASE.search(question) and HEALTH.search(question):
        return [Call("database_state")]
    return []


def is_about_machines(question: str, systems: Sequence[System]) -> bool:
    """Whether tools may hold the answer: it names a machine, or asks about the fleet or its state.

    A question about anything else is not handed to a model that has nothing to answer from.
    """
    asks = (QUESTION_OF_FLEET, MACHINES, JOBS, DATABASE)
    return _find_named(question, systems) is not None or any(e.search(question) for e in asks)


def _ask_machine(question: str, system: System, sensors: Sequence[Sensor]) -> list[Call]:
    named = {"system": system.code}
    if MAINTENANCE.search(question):
        return [Call("maintenance_history", named)]
    if FINDINGS.search(question):
        return [Call("list_findings", named), Call("component_health", named)]
    if LIMITS.search(question):
        return [Call("sensor_limits", named)]
    words = {word.casefold() for word in WORD.findall(question)}
    tags = [each.tag for each in sensors if each.tag.casefold() in words]
    if tags:
        hours = {"hours": str(_find_hours(question))}
        return [Call("sensor_summary", {**named, "sensor": tag, **hours}) for tag in tags[:4]]
    return [Call("machine_state", named)] if NOW.search(question) else []


def _find_named(question: str, systems: Sequence[System]) -> System | None:
    text = question.casefold()
    for each in sorted(systems, key=lambda each: -len(each.code)):
        for name in (each.code, each.name):
            if name and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text):
                return each
    return None


def _find_hours(question: str) -> int:
    found = SPAN.search(question)
    if found is None:
        return 24
    return int(found[1] or 1) * HOURS[found[2][0].lower()]
