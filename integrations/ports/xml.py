"""XML as outside systems send it, read so that it can do no harm.

No entity, no document type of its own, no network, no file: a document type is allowed to be named
(cXML names one always) and is never fetched. What is larger than a document of its kind is refused
before it is read.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from xml.parsers import expat

from lxml import etree

from billing_portal.kernel.pure.money import AmountRefused, amount, quantity
from integrations.ports.elements import ElementRefused

MOST_BYTES = 20 * 1024 * 1024
Node = etree._Element  # noqa: SLF001 -- lxml has no public name for what it returns
Spaces = Mapping[str, str]


class PrologRead(Exception):
    """The document's own elements begin: nothing that follows can declare anything."""


def root_of(chunks: Iterable[bytes]) -> Node:
    """The root of a document. Raises ElementRefused."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            why = f"The file is larger than {MOST_BYTES // 1024 // 1024} MB."
            raise ElementRefused("too_large", why)
    check_prolog(bytes(data))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(bytes(data), parser)
    except etree.XMLSyntaxError as failure:
        raise ElementRefused("xml", f"The file is no whole XML (line {failure.lineno}).") from None
    if next(root.iter(etree.Entity), None) is not None:
        raise ElementRefused("xml", "The file uses an entity that nothing here declares.")
    return root


def check_prolog(data: bytes) -> None:
    """Read up to the first element. Raises ElementRefused for a document type that declares."""
    prolog = expat.ParserCreate()
    prolog.StartDoctypeDeclHandler = refuse_declarations
    prolog.StartElementHandler = stop
    try:
        prolog.Parse(data, True)  # noqa: FBT003 -- expat takes it by position only
    except PrologRead:
        return
    except (expat.ExpatError, ValueError, LookupError):
        raise ElementRefused("xml", "The file is no XML document.") from None


def refuse_declarations(
    _name: str, _system: str | None, _public: str | None, has_internal_subset: int
) -> None:
    """A document that brings its own declarations brings entities with it."""
    if has_internal_subset:
        why = "The file declares entities or a document type of its own, which is not allowed."
        raise ElementRefused("xml_declarations", why)


def stop(_name: str, _attributes: Mapping[str, str]) -> None:
    """The prolog is over."""
    raise PrologRead


def text(node: Node | None, path: str, spaces: Spaces | None = None) -> str:
    """The text at a path, without the blanks around it; empty when there is none."""
    found = None if node is None else node.find(path, spaces)
    return "" if found is None or not found.text else clean(found.text)


def first(node: Node | None, paths: Iterable[str], spaces: Spaces | None = None) -> str:
    """The text at the first of some paths that has one."""
    return next(filter(None, (text(node, path, spaces) for path in paths)), "")


def clean(said: str) -> str:
    """Text on one line."""
    return " ".join(said.replace("\0", " ").split())


def money(said: str, name: str) -> Decimal:
    """A required amount. Raises ElementRefused."""
    if not said:
        raise ElementRefused("amount_missing", f"{name} is empty, not an amount")
    try:
        return amount(said)
    except AmountRefused as refusal:
        raise ElementRefused("amount", f"{name} {refusal}") from None


def count(said: str, name: str) -> Decimal:
    """A required quantity, unit price or rate. Raises ElementRefused."""
    if not said:
        raise ElementRefused("quantity_missing", f"{name} is empty, not a number")
    try:
        return quantity(said)
    except AmountRefused as refusal:
        raise ElementRefused("quantity", f"{name} {refusal}") from None


def day(said: str, name: str) -> date:
    """A required date as ISO 8601 (a time after it is left out). Raises ElementRefused."""
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise ElementRefused("date", f"{name} is no date") from None


def optional_day(said: str, name: str) -> date | None:
    """A date that may be left out. Raises ElementRefused."""
    return day(said, name) if said else None


def line_of(node: Node) -> int:
    """Where an element stands in its file."""
    line: int | None = node.sourceline  # type: ignore[assignment]  # the stubs leave its type out
    return line or 1
