"""Which key does what, as the help shows it. The keys themselves stand on the controls."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys of one place."""

    label: str
    keys: tuple[tuple[tuple[str, ...], str], ...]


KEYMAP = (
    KeyGroup(
        "Everywhere",
        (
            (("Ctrl K",), "Search and commands"),
            (("N",), "Work next: take the most urgent case"),
            (("/",), "Filter or search"),
            (("G", "M"), "Go to my work"),
            (("G", "Q"), "Go to all queues"),
            (("G", "B"), "Go to your inbox"),
            (("G", "A"), "Go to approvals"),
            (("G", "N"), "Go to notices"),
            (("G", "P"), "Go to projects"),
            (("G", "Y"), "Go to payers"),
            (("G", "V"), "Go to the second look"),
            (("G", "K"), "Go to calendars"),
            (("G", "T"), "Go to the team you lead"),
            (("G", "U"), "Go to imports"),
            (("G", "I"), "Go to messages"),
            (("G", "O"), "Go to the outbox"),
            (("G", "R"), "Go to the books of rules"),
            (("Z",), "Undo what you did last"),
            (("?",), "This help"),
            (("Esc",), "Close, or leave a field"),
        ),
    ),
    KeyGroup(
        "In a list",
        (
            (("J", "K"), "Next and previous case"),
            (("Enter",), "Open the case"),
            (("O",), "Open the case"),
            (("X",), "Select, or select no longer"),
            (("Shift X",), "Select from the last one to here"),
            (("*",), "Select all that match"),
            (
                ("A", "S", "M", "W", "I", "B", "E", "C", "L"),
                "Do to the selected cases what they do to one",
            ),
        ),
    ),
    KeyGroup(
        "On a case",
        (
            (("E",), "What is due: claim, go on, resolve, reopen"),
            (("C",), "Comment"),
            (("Ctrl Enter",), "Send"),
            (("F",), "Attach a file"),
            (("R",), "Appeal: to its page, or begin one"),
            (("P",), "Reveal the patient"),
            (("A",), "Assign"),
            (("S",), "Defer"),
            (("M",), "Not ours: move to another queue"),
            (("W",), "Wait for the payer"),
            (("I",), "Wait for information"),
            (("B",), "Put back"),
            (("V",), "Pass over: put back, not offered to you again today"),
            (("J", "K"), "Next and previous case of the list"),
            (("T",), "Tick the next step"),
            (("L",), "Labels"),
            ((".",), "More"),
        ),
    ),
    KeyGroup(
        "On an appeal",
        (
            (("E",), "What is due: attest, record the sending, record the outcome"),
            (("R",), "Write the letter"),
            (("T",), "Another template"),
            (("U",), "Ground and amount"),
            (("F",), "Choose evidence"),
            (("P",), "Take in the proof of timely filing"),
            (("V",), "Ask for a review"),
            (("C",), "I asked the payer"),
        ),
    ),
    KeyGroup(
        "On a request for approval",
        (
            (("A", "Enter"), "Approve"),
            (("R",), "Reject, with a reason"),
            (("I",), "Ask the requester; answer, if you asked for it"),
            (("F",), "Ask a colleague to decide"),
            (("W",), "Take back what you asked for"),
            (("J", "K"), "Next and previous request that waits for you"),
        ),
    ),
)
