"""What kind of file it is, judged by its content: names lie."""

import zipfile
from pathlib import Path

from hydrodiag.manuals.parsed import FileKind
from hydrodiag.manuals.parsing.refusal import ManualRefused

HEAD_BYTES = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED_PART = "EncryptedPackage".encode("utf-16-le")
MOST_SEARCHED = 100_000_000
MOST_MEMBERS = 2000
MOST_UNPACKED = 300_000_000
MOST_RATIO = 100
SMALL = 1_000_000  # below this any ratio will do
OTHERS = {
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"\x1f\x8b": "an archive",
    b"{\\rtf": "RTF",
}
KINDS = "PDF, DOCX, XLSX, HTML, Markdown and plain text"


def detect_kind(path: Path, name: str) -> FileKind:
    """Raises ManualRefused for what is none of the kinds that can be read."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise ManualRefused(f"{name} is empty.", hint="Save or export it again.")
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    if head.startswith(b"PK\x03\x04"):
        return _look_into_zip(path, name)
    if head.startswith(OLE):
        raise _refuse_office(path, name)
    for magic, what in OTHERS.items():
        if head.startswith(magic):
            raise ManualRefused(f"{name} is {what}.", hint=f"What can be read: {KINDS}.")
    return _judge_text(head, name)


def _refuse_office(path: Path, name: str) -> ManualRefused:
    """A locked DOCX or XLSX is an old container around an encrypted part."""
    with path.open("rb") as file:
        is_locked = LOCKED_PART in file.read(MOST_SEARCHED)
    if is_locked:
        return ManualRefused(
            f"{name} is locked with a password.", hint="Save it without a password."
        )
    return ManualRefused(
        f"{name} is in an old Office format (.doc, .xls).", hint="Save it as DOCX, XLSX or PDF."
    )


def _look_into_zip(path: Path, name: str) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ManualRefused(
            f"{name} is damaged: it ends too early or was changed on its way.",
            hint="Copy or export it again.",
        ) from error
    _check_members(members, name)
    names = {each.filename for each in members}
    if "word/document.xml" in names:
        return FileKind.DOCX
    if any(each.startswith("xl/") for each in names):
        return FileKind.XLSX
    raise ManualRefused(f"{name} is an archive.", hint="Unpack it and upload what is in it.")


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise _too_large(name, f"it packs {len(members)} parts, more than {MOST_MEMBERS}")
    if any(each.flag_bits & 1 for each in members):
        raise ManualRefused(
            f"{name} is locked with a password.", hint="Save it without a password."
        )
    unpacked = sum(each.file_size for each in members)
    packed = max(1, sum(each.compress_size for each in members))
    if unpacked > MOST_UNPACKED:
        raise _too_large(name, f"it unpacks to {unpacked // 1_000_000} MB")
    if unpacked > SMALL and unpacked / packed > MOST_RATIO * 2:
        raise _too_large(name, f"it unpacks to {unpacked // packed} times its size")


def _too_large(name: str, why: str) -> ManualRefused:
    return ManualRefused(f"{name} is too large: {why}.", hint="Save it anew, or as PDF.")


def _judge_text(head: bytes, name: str) -> FileKind:
    has_bom = head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    if b"\x00" in head and not has_bom:
        raise ManualRefused(f"{name} is no text.", hint=f"What can be read: {KINDS}.")
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if plain.startswith((b"<!doctype html", b"<html")) or b"<body" in plain or b"<p>" in plain:
        return FileKind.HTML
    suffix = Path(name).suffix.lower()
    is_marked = any(line.startswith((b"# ", b"## ", b"### ")) for line in head.splitlines())
    return FileKind.MARKDOWN if suffix in {".md", ".markdown"} or is_marked else FileKind.TEXT
