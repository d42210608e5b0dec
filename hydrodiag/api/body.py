"""Bodies of requests: read within bounds, unpacked within bounds."""

import asyncio
import zlib
from dataclasses import dataclass

from starlette.requests import Request

from hydrodiag.api.answers import ApiError
from hydrodiag.api.limits import Limits

GZIP = 16 + zlib.MAX_WBITS
# A client that still sends does not read: what is too much is taken up to here, then answered.
DRAINED_TIMES = 4


@dataclass(frozen=True)
class Body:
    """As it was sent; `encoding` is gzip or empty."""

    content: bytes
    encoding: str
    most_bytes: int

    def unpack(self) -> bytes:
        """Raises ApiError 413 above the limit, 400 for what is no gzip."""
        if not self.encoding:
            return self.content
        return _unpack(self.content, self.most_bytes)


async def read_body(request: Request, limits: Limits) -> Body:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise ApiError(
            415, "unsupported_encoding", f"Content-Encoding {encoding!r} is not understood.",
            "Send gzip, or leave the header out.",
        )  # fmt: skip
    try:
        async with asyncio.timeout(limits.body_timeout_s):
            content = await _read(request, limits.body_bytes)
    except TimeoutError:
        seconds = f"{limits.body_timeout_s:g} s"
        raise ApiError(
            408, "too_slow", f"The body did not arrive within {seconds}.", "Send smaller batches."
        ) from None
    return Body(content, encoding.replace("identity", ""), limits.body_bytes)


async def _read(request: Request, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most_bytes:
            parts.append(part)
        elif size > most_bytes * DRAINED_TIMES:
            break
        else:
            parts.clear()
    if size > most_bytes:
        raise too_large(most_bytes)
    return b"".join(parts)


def too_large(most_bytes: int) -> ApiError:
    return ApiError(
        413, "too_large", f"The body is larger than {most_bytes:,} bytes unpacked.",
        "Send several smaller requests.",
    )  # fmt: skip


def too_many_rows(rows: int, most: int) -> ApiError:
    return ApiError(
        413, "too_many_rows", f"The request holds {rows:,} rows, more than {most:,}.",
        "Send several smaller requests.",
    )  # fmt: skip


def _unpack(packed: bytes, most_bytes: int) -> bytes:
    """All members of a gzip body."""
    parts: list[bytes] = []
    room = most_bytes
    while packed:
        member = zlib.decompressobj(GZIP)
        try:
            part = member.decompress(packed, room + 1)
        except zlib.error:
            raise _no_gzip() from None
        room -= len(part)
        if room < 0:
            raise too_large(most_bytes)
        if not member.eof:
            raise _no_gzip()
        parts.append(part)
        packed = member.unused_data
    return b"".join(parts)


def _no_gzip() -> ApiError:
    return ApiError(
        400, "bad_gzip", "The body is no whole gzip stream.",
        "Send it packed with gzip, or without Content-Encoding.",
    )  # fmt: skip
