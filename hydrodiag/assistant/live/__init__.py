"""Live data for the assistant: read-only tools, and plain questions answered without a model."""

from hydrodiag.assistant.live.intents import Call, find_calls, is_about_machines
from hydrodiag.assistant.live.results import ToolResult
from hydrodiag.assistant.live.toolbox import TOOLS, Tool, run_tool

__all__ = ["TOOLS", "Call", "Tool", "ToolResult", "find_calls", "is_about_machines", "run_tool"]
