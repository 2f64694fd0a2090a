import io
import zipfile

import pytest

from cases.evidence.filetypes import FileTypeRefused, recognise

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
X12 = b"ISA*00*          *00*          *ZZ*SENDER*ZZ*RECEIVER*260101*0000*^*00501*1*0*P*:~"


def office(part):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<x/>")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "head", "content_type"),
    [
        ("proof.pdf", PDF, "application/pdf"),
        ("PROOF.PDF", PDF, "application/pdf"),
        ("scan.png", PNG, "image/png"),
        ("scan.jpeg", JPEG, "image/jpeg"),
        ("notes.txt", "Señora López".encode(), "text/plain"),
        ("latin.csv", "López;1".encode("latin-1"), "text/plain"),
        ("remit.835", X12, "text/plain"),
        ("letter.docx", office("word/document.xml"), "wordprocessingml.document"),
        ("sheet.xlsx", office("xl/workbook.xml"), "spreadsheetml.sheet"),
    ],
)
def test_a_file_is_what_its_content_and_its_name_both_say(name, head, content_type):
    assert recognise(name, head).content_type.endswith(content_type)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("picture.svg", b"<svg onload=alert(1)>"),
        ("proof.pdf", b"<html><script>alert(1)</script>"),
        ("proof.pdf", PNG),
        ("scan.png", PDF),
        ("program.exe", b"MZ\x90\x00"),
        ("program.pdf", b"MZ\x90\x00"),
        ("notes.txt", b"MZ\x90\x00\x03\x00"),
        ("letter.docx", PDF),
        ("archive.zip", office("a.txt")),
        ("nameless", PDF),
        ("proof.pdf", b""),
    ],
)
def test_anything_else_is_refused(name, head):
    with pytest.raises(FileTypeRefused):
        recognise(name, head)
