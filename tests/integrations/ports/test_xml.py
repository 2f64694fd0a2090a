"""XML that would do harm is refused before it can."""

import pytest

from integrations.ports.elements import ElementRefused
from integrations.ports.xml import MOST_BYTES, root_of, text

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [
<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<a>&lol2;</a>"""
FILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
PARAMETER = b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><a/>'
OUTSIDE = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>&undeclared;</a>'


@pytest.mark.parametrize("content", [BOMB, FILE, PARAMETER], ids=["bomb", "file", "parameter"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_that_declares_anything_is_refused(content, encoding):
    with pytest.raises(ElementRefused) as refusal:
        root_of([content.decode().encode(encoding)])

    assert refusal.value.reason_code == "xml_declarations"


def test_a_named_document_type_is_not_fetched_and_gives_no_entity():
    assert root_of([b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>']).tag == "a"
    with pytest.raises(ElementRefused):
        root_of([OUTSIDE])


def test_too_much_is_refused_before_it_is_read():
    with pytest.raises(ElementRefused) as refusal:
        root_of([b"<a>", b" " * MOST_BYTES, b"</a>"])

    assert refusal.value.reason_code == "too_large"


def test_a_document_nested_without_end_is_refused():
    with pytest.raises(ElementRefused):
        root_of([b"<a>" * 100_000])


def test_comments_and_instructions_do_not_divide_a_text():
    assert text(root_of([b"<a><b> one <!-- x --><?y z?>two\n</b></a>"]), "b") == "one two"
