"""Vectors of one index version in Chroma, in a folder of its own or on a server.

Two processes that write one folder lost vectors in all trials: a version is built in `v_<n>.tmp`,
closed, and renamed; from then on it is only read.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np

from hydrodiag.errors import IndexUnreadable
from hydrodiag.manuals.retrieval.embedders import Embedder, Vector

BATCH = 1000
Result = TypeVar("Result")
UNFINISHED = ".tmp"


class VersionVectors:
    """The vectors of one version by chunk id, by cosine; a Chroma collection below."""

    def __init__(self, collection: Any, close: Callable[[], None]) -> None:
        self._collection = collection
        self.close = close

    def __len__(self) -> int:
        return int(_guard(self._collection.count))

    def upsert(self, vectors: Iterable[tuple[int, Sequence[float]]]) -> None:
        batch: list[tuple[int, Sequence[float]]] = []
        for each in vectors:
            batch.append(each)
            if len(batch) == BATCH:
                self._upsert(batch)
                batch = []
        if batch:
            self._upsert(batch)

    def find_nearest(self, vector: Vector, most: int) -> dict[int, float]:
        """Cosine by chunk id."""
        most = min(most, len(self))
        if not most:
            return {}
        found = _guard(
            lambda: self._collection.query(
                query_embeddings=[vector], n_results=most, include=["distances"]
            )
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return {int(chunk): 1.0 - float(distance) for chunk, distance in pairs}

    def compare(self, vector: Vector, chunk_ids: Sequence[int]) -> dict[int, float]:
        """Exact cosines of these chunks only: faster than a filter inside Chroma."""
        wanted = [str(each) for each in chunk_ids]
        found = _guard(lambda: self._collection.get(ids=wanted, include=["embeddings"]))
        if not found["ids"]:
            return {}
        stored, asked = np.asarray(found["embeddings"]), np.asarray(vector)
        lengths = np.linalg.norm(stored, axis=1) * np.linalg.norm(asked)
        cosines = stored @ asked / np.where(lengths == 0, 1, lengths)
        return {int(key): float(each) for key, each in zip(found["ids"], cosines, strict=True)}

    def _upsert(self, batch: Sequence[tuple[int, Sequence[float]]]) -> None:
        """`add` would keep the old vector of a known id without a word."""
        ids = [str(chunk) for chunk, _ in batch]
        vectors = [list(vector) for _, vector in batch]
        _guard(lambda: self._collection.upsert(ids=ids, embeddings=vectors))


class FolderStore:
    """Versions as folders: one process builds, any number read the finished ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list_versions(self) -> list[str]:
        """Finished ones."""
        names = (each.name for each in self.folder.glob("v_*") if each.is_dir())
        return sorted(name for name in names if not name.endswith(UNFINISHED))

    @contextmanager
    def building(self, version: str) -> Iterator[VersionVectors]:
        """The version exists once the block has ended well, whole; else nothing is left of it."""
        unfinished = self.folder / (version + UNFINISHED)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        try:
            vectors = _open_folder(unfinished, version, create=True)
            try:
                yield vectors
            finally:
                vectors.close()
            _sync(unfinished)
            unfinished.rename(self.folder / version)
            _sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    def open(self, version: str) -> VersionVectors:
        """Raises IndexUnreadable where the version is missing or damaged."""
        folder = self.folder / version
        if version.endswith(UNFINISHED) or not folder.is_dir():
            raise _missing(version)
        return _open_folder(folder, version, create=False)

    def delete(self, version: str) -> None:
        shutil.rmtree(self.folder / version, ignore_errors=True)

    def delete_unfinished(self) -> None:
        """What a killed process has left."""
        for each in self.folder.glob(f"v_*{UNFINISHED}"):
            shutil.rmtree(each, ignore_errors=True)


class ServerStore:
    """Versions as collections of a Chroma server, for several hosts."""

    def __init__(self, url: str) -> None:
        self.url = url

    def list_versions(self) -> list[str]:
        with self._connected() as client:
            names: list[str] = _guard(lambda: [each.name for each in client.list_collections()])
        return sorted(each for each in names if not each.endswith(UNFINISHED))

    @contextmanager
    def building(self, version: str) -> Iterator[VersionVectors]:
        unfinished = version + UNFINISHED
        self.delete(unfinished)
        with self._connected() as client:
            collection = _guard(lambda: _create(client, unfinished))
            try:
                yield VersionVectors(collection, client.close)
                _guard(lambda: collection.modify(name=version))
            except BaseException:
                self.delete(unfinished)
                raise

    def open(self, version: str) -> VersionVectors:
        client = _guard(lambda: _connect(self.url))
        try:
            return VersionVectors(_get(client, version), client.close)
        except IndexUnreadable:
            client.close()
            raise

    def delete(self, version: str) -> None:
        from chromadb.errors import NotFoundError

        with self._connected() as client:
            try:
                client.delete_collection(version)
            except NotFoundError:
                return
            except Exception as error:
                raise _broken(error) from error

    def delete_unfinished(self) -> None:
        with self._connected() as client:
            names: list[str] = _guard(lambda: [each.name for each in client.list_collections()])
        for name in names:
            if name.startswith("v_") and name.endswith(UNFINISHED):
                self.delete(name)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        client = _guard(lambda: _connect(self.url))
        try:
            yield client
        finally:
            client.close()


class EmbeddedQuestions:
    """What the retriever asks: questions become vectors here and nowhere else."""

    def __init__(self, vectors: VersionVectors, embedder: Embedder) -> None:
        self._vectors = vectors
        self._embedder = embedder

    def find_similar(self, question: str, most: int) -> Mapping[int, float]:
        return self._vectors.find_nearest(self._embedder.embed_question(question), most)

    def compare(self, question: str, chunk_ids: Sequence[int]) -> Mapping[int, float]:
        return self._vectors.compare(self._embedder.embed_question(question), chunk_ids)


def build_store(folder: Path, url: str = "") -> FolderStore | ServerStore:
    return ServerStore(url) if url else FolderStore(folder)


def _open_folder(folder: Path, name: str, *, create: bool) -> VersionVectors:
    import chromadb

    client: Any = _guard(lambda: chromadb.PersistentClient(str(folder), settings=_settings()))
    try:
        collection = _guard(lambda: _create(client, name)) if create else _get(client, name)
    except BaseException:
        client.close()
        raise
    return VersionVectors(collection, client.close)


def _connect(url: str) -> Any:
    import chromadb

    parts = urlsplit(url)
    is_safe = parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    return chromadb.HttpClient(str(parts.hostname), port, ssl=is_safe, settings=_settings())


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _create(client: Any, name: str) -> Any:
    """Without `embedding_function=None` Chroma downloads a model."""
    return client.create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


def _get(client: Any, name: str) -> Any:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError as error:
        raise _missing(name) from error
    except Exception as error:
        raise _broken(error) from error


def _guard(call: Callable[[], Result]) -> Result:
    """Chroma's errors come from sqlite, Rust, HTTP and itself: here they become one."""
    try:
        return call()
    except Exception as error:
        raise _broken(error) from error


def _broken(error: Exception) -> IndexUnreadable:
    return IndexUnreadable(
        f"Chroma does not answer or its version is damaged: {type(error).__name__}.",
        hint="See Health; indexing the manuals again builds a new version.",
    )


def _missing(version: str) -> IndexUnreadable:
    return IndexUnreadable(
        f"Index version {version} is not in Chroma.", hint="Index the manuals again."
    )


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
