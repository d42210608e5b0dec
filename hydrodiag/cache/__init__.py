"""Generations that writers advance, and results kept until they do: in Redis or in this process."""

from hydrodiag.cache.generations import bump_generation, generations
from hydrodiag.cache.regions import Region
from hydrodiag.cache.stores import MemoryStore, RedisStore, Store, build_store

__all__ = [
    "MemoryStore",
    "RedisStore",
    "Region",
    "Store",
    "build_store",
    "bump_generation",
    "generations",
]
