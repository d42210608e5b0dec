"""What the parts of the gate share, one of it a process."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from hydrodiag.ui import resources
from hydrodiag.ui.gate.live import LiveSockets
from hydrodiag.ui.gate.lookup import SessionLookup
from hydrodiag.ui.gate.policy import cookie_name


@dataclass
class GateState:
    """`public_origin`: what browsers have in the address bar, where a proxy adds TLS."""

    public_origin: str
    provider_name: str = ""
    lookup: SessionLookup = field(default_factory=lambda: SessionLookup(resources.gate_database))
    sockets: LiveSockets = field(default_factory=LiveSockets)
    is_installed: bool = False

    @property
    def is_secure(self) -> bool:
        return urlsplit(self.public_origin).scheme == "https"

    @property
    def cookie(self) -> str:
        return cookie_name(is_secure=self.is_secure)


_states: list[GateState] = []


def gate_state() -> GateState:
    if not _states:
        settings = resources.settings()
        provider = settings.oidc_name if settings.oidc_issuer else ""
        _states.append(GateState(settings.public_origin, provider))
    return _states[0]
