from tests.integration.jobs.conftest import eventually

__all__ = ["eventually"]
