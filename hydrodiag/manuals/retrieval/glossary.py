"""Terms that mean the same in the other language or in an engineer's everyday words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.resources import files

from hydrodiag.manuals.retrieval.tokens import TOKENIZER_VERSION, is_code, tokenize

FIRST_HOP, SECOND_HOP = 0.5, 0.25
Term = tuple[str, ...]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Alternative:
    """Another way to say a term of the question; its tokens count `weight` times."""

    tokens: Term
    weight: float


@dataclass(frozen=True)
class Concept:
    """A term as the question says it, and what else passages may call it.

    `tokens` are empty for a code of several spellings that are all as good.
    """

    tokens: Term
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Glossary:
    """`links` lead from each term to those that pairs put beside it."""

    pairs: tuple[Pair, ...]
    links: Mapping[Term, tuple[Term, ...]] = field(repr=False)

    @classmethod
    def from_pairs(cls, pairs: Iterable[Pair]) -> "Glossary":
        """Each side of a pair may hold several terms with commas between them."""
        known = tuple(dict.fromkeys((left.strip(), right.strip()) for left, right in pairs))
        links: dict[Term, dict[Term, None]] = {}
        for left, right in known:
            for here in _read_terms(left):
                for there in _read_terms(right):
                    if here != there:
                        links.setdefault(here, {})[there] = None
                        links.setdefault(there, {})[here] = None
        return cls(known, {term: tuple(others) for term, others in links.items()})

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the pairs and with what tokens they become, not with their order."""
        lines = [f"{TOKENIZER_VERSION}", *sorted("\t".join(pair) for pair in self.pairs)]
        return sha256("\n".join(lines).encode()).hexdigest()[:16]

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.links), default=0)

    def find_concepts(self, tokens: Sequence[str]) -> list[Concept]:
        """The tokens in order, the longest known terms first."""
        words = [token for token in tokens if not is_code(token)]
        found, start = [], 0
        while start < len(words):
            term = self._longest_term(words, start)
            found.append(Concept(term, self._list_alternatives(term)))
            start += len(term)
        return [Concept((token,)) for token in tokens if is_code(token)] + found

    def _longest_term(self, words: Sequence[str], start: int) -> Term:
        for length in range(min(self._longest, len(words) - start), 0, -1):
            term = tuple(words[start : start + length])
            if term in self.links:
                return term
        return (words[start],)

    def _list_alternatives(self, term: Term) -> tuple[Alternative, ...]:
        first = self.links.get(term, ())
        second = dict.fromkeys(far for near in first for far in self.links[near])
        known = {term, *first}
        return (
            *(Alternative(each, FIRST_HOP) for each in first),
            *(Alternative(each, SECOND_HOP) for each in second if each not in known),
        )


def load_seed() -> list[Pair]:
    """The pairs that come with the product."""
    text = files(__package__).joinpath("glossary.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line.strip())
    return [(english, russian) for english, russian in rows]


def build_glossary(added: Iterable[Pair] = ()) -> Glossary:
    """The seed and what engineers have added."""
    return Glossary.from_pairs([*load_seed(), *added])


def _read_terms(side: str) -> list[Term]:
    terms = (tuple(t for t in tokenize(each) if not is_code(t)) for each in side.split(","))
    return [term for term in terms if term]
