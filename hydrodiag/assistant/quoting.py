"""Answers without a model: sentences word for word, or that there are none."""

from collections.abc import Sequence

from hydrodiag.assistant.events import Answer, number_sources
from hydrodiag.assistant.live import ToolResult
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search_answers import SearchAnswer

NEAREST = 3
NOT_FOUND = {
    "en": "This is not in your manuals.",
    "ru": "В ваших руководствах этого нет.",
}
NEAREST_WORDS = {
    "en": "The nearest passages are listed as sources.",
    "ru": "Ближайшие места приведены как источники.",
}
LIVE_WORDS = {"en": "From the live data:", "ru": "По текущим данным:"}
WEAK_WORDS = {
    "en": "Weak evidence, check the source:",
    "ru": "Слабое соответствие, проверьте по источнику:",
}


def quote(found: SearchAnswer, results: Sequence[ToolResult], language: str, notice: str) -> Answer:
    """The decisive sentences word for word, each with its source."""
    sources = {each.chunk_id: each for each in number_sources(found.passages)}
    lines = []
    for each in found.extracts:
        shown = f"**{each.text}**" if each.is_decisive else each.text
        lines.append(f"- {shown} [{sources[each.chunk_id].number}]")
    cited = {each.chunk_id for each in found.extracts}
    used = tuple(source for chunk, source in sources.items() if chunk in cited)
    opening = [WEAK_WORDS[language], ""] if found.verdict is Verdict.WEAK else []
    return Answer("\n".join([*opening, *lines]), used, tuple(results), notice=notice)


def decline(
    found: SearchAnswer, results: Sequence[ToolResult], language: str, notice: str = ""
) -> Answer:
    """What live data there is; else that the manuals do not hold it, and what comes nearest."""
    if results:
        titles = "\n".join(f"- {each.title}" for each in results)
        text = f"{LIVE_WORDS[language]}\n\n{titles}"
        return Answer(text, (), tuple(results), method="live", notice=notice)
    nearest = tuple(number_sources(found.passages[:NEAREST]))
    more = f" {NEAREST_WORDS[language]}" if nearest else ""
    return Answer(
        NOT_FOUND[language] + more, nearest, notice=notice or found.notice,
        detail={"is_refusal": True},
    )  # fmt: skip
