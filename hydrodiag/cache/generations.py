"""Generations: counters a topic that writers advance and cached reads key on."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

ADVANCE = text(
    "INSERT INTO data_generation AS g (topic) VALUES (:topic) "
    "ON CONFLICT (topic) DO UPDATE SET generation = g.generation + 1"
)
CURRENT = text(
    "SELECT topic, generation FROM data_generation WHERE topic = ANY(CAST(:topics AS text[]))"
)


def bump_generation(connection: Connection, topic: str) -> None:
    """Advance `topic` in the writer's transaction; call it last, it locks the topic's row."""
    connection.execute(ADVANCE, {"topic": topic})


def generations(connection: Connection, topics: Iterable[str]) -> dict[str, int]:
    """The current number of each topic; 0 where nobody has written yet."""
    wanted = list(topics)
    known = {row.topic: row.generation for row in connection.execute(CURRENT, {"topics": wanted})}
    return {topic: known.get(topic, 0) for topic in wanted}
