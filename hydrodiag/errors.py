"""Every error HydroDiag raises on purpose.

HydroDiagError
├── InvalidInput            what a person or a machine handed in cannot be used
├── NotFound                a named thing does not exist
├── Refused                 whoever asks may not do it
├── RollupsWrong            stored minutes, hours or days are not what the readings say
├── SetupFailed             an installation or start-up step failed
├── DatabaseError
│   ├── DatabaseUnavailable   no connection, or it broke
│   ├── SchemaMissing         the database answers, the tables are not there
│   ├── QueryTimeout          a statement ran into its time limit
│   └── LockBusy              a lock was not to be had in time
├── RetrievalError
│   ├── IndexUnreadable       a stored index is damaged, missing or of another version
│   └── EmbedderUnavailable   the embedding model does not answer or gives something else
└── TimescaleError
    ├── NotAHypertable
    ├── FeatureUnavailable    this edition of TimescaleDB cannot do it
    └── RetentionGuard        retention would take more than it may

`message` says what is wrong and where; `hint` says what to do about it.
"""


class HydroDiagError(Exception):
    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidInput(HydroDiagError, ValueError):
    pass


class NotFound(HydroDiagError, LookupError):
    pass


class Refused(HydroDiagError, PermissionError):
    pass


class RollupsWrong(HydroDiagError):
    pass


class SetupFailed(HydroDiagError):
    pass


class DatabaseError(HydroDiagError):
    pass


class DatabaseUnavailable(DatabaseError):
    pass


class SchemaMissing(DatabaseError):
    pass


class QueryTimeout(DatabaseError):
    pass


class LockBusy(DatabaseError):
    pass


class RetrievalError(HydroDiagError):
    pass


class IndexUnreadable(RetrievalError):
    pass


class EmbedderUnavailable(RetrievalError):
    pass


class TimescaleError(HydroDiagError):
    pass


class NotAHypertable(TimescaleError):
    pass


class FeatureUnavailable(TimescaleError):
    pass


class RetentionGuard(TimescaleError):
    pass
