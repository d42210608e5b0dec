"""The tools that a language model may call, and the one way of running them."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hydrodiag.accounts import Actor, Permission, allows, require
from hydrodiag.assistant.live.findings import tell_findings, tell_health, tell_maintenance
from hydrodiag.assistant.live.machines import tell_limits, tell_machine, tell_machines, tell_sensor
from hydrodiag.assistant.live.operation import tell_database, tell_jobs
from hydrodiag.assistant.live.results import ToolResult
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.readings.overview import STATES


@dataclass(frozen=True)
class Tool:
    """`parameters` maps a name to its JSON schema; `required` are those that must be given.

    `permission` is that of the page which shows the same.
    """

    name: str
    description: str
    run: Callable[..., ToolResult]
    parameters: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...] = ()
    permission: Permission = Permission.READ

    def is_allowed(self, actor: Actor) -> bool:
        return allows(actor.role, self.permission)

    def to_schema(self) -> dict[str, Any]:
        """In the form that Ollama takes."""
        parameters = {
            "type": "object",
            "properties": {name: dict(schema) for name, schema in self.parameters.items()},
            "required": list(self.required),
        }
        function = {
            "name": self.name, "description": self.description, "parameters": parameters,
        }  # fmt: skip
        return {"type": "function", "function": function}


SYSTEM = {"type": "string", "description": "Code or name of the machine."}
SENSOR = {"type": "string", "description": "Tag or name of the sensor, such as P_PUMP."}
HOURS = {"type": "number", "description": "How many hours back from now; 24 unless said."}
STATE = {"type": "string", "enum": list(STATES), "description": "Only machines in this state."}
TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("list_machines", "All machines with their state and why.", tell_machines,
             {"state": STATE}),
        Tool("machine_state", "State of a machine and the newest value of each sensor.",
             tell_machine, {"system": SYSTEM}, ("system",)),
        Tool("sensor_summary", "Lowest, mean, highest, first and last value of a sensor.",
             tell_sensor, {"system": SYSTEM, "sensor": SENSOR, "hours": HOURS},
             ("system", "sensor")),
        Tool("sensor_limits", "Warning and critical limits of a machine's sensors.",
             tell_limits, {"system": SYSTEM}, ("system",)),
        Tool("list_findings", "What is wrong now, since when, why, and what to do; of all machines "
             "or of one.", tell_findings, {"system": SYSTEM}),
        Tool("component_health", "How well each component of a machine is, 0 to 100.", tell_health,
             {"system": SYSTEM}, ("system",)),
        Tool("maintenance_history", "What has been done to a machine.", tell_maintenance,
             {"system": SYSTEM}, ("system",)),
        Tool("job_state", "Background jobs: when each last ran and how it ended.", tell_jobs, {}),
        Tool("database_state", "Health checks of the database.", tell_database, {}),
    )
}  # fmt: skip


def run_tool(db: Database, actor: Actor, name: str, arguments: Mapping[str, Any]) -> ToolResult:
    """Read-only, with the rights of `actor`. Raises InvalidInput for a call that no tool takes,
    Refused for one that the role does not allow, and what the tool raises.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise InvalidInput(f"There is no tool {name!r}.", hint=f"There are: {', '.join(TOOLS)}.")
    require(actor, tool.permission)
    given = {key: value for key, value in arguments.items() if value not in (None, "")}
    unknown = sorted(set(given) - set(tool.parameters))
    missing = sorted(set(tool.required) - set(given))
    if unknown or missing:
        wrong = [*(f"no {each}" for each in missing), *(f"an unknown {each}" for each in unknown)]
        raise InvalidInput(f"{name} was called with {' and '.join(wrong)}.")
    return tool.run(db, **{key: _convert(tool, key, value) for key, value in given.items()})


def _convert(tool: Tool, key: str, value: object) -> str | float:
    if tool.parameters[key]["type"] == "number":
        with suppress(ValueError):
            number = float(str(value))
            if math.isfinite(number):
                return number
        raise InvalidInput(f"{key} is {value!r}, which is no number.")
    return str(value)
