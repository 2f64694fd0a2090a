"""A partner that keeps what it is sent and answers as it is told."""

from collections import defaultdict

from integrations.ports.commands import Receipt, ReceiptState


class Partner:
    """A target in this process. `tells` are what comes next: failures to raise, or receipts."""

    key = "partner"
    label = "A partner"

    def __init__(self):
        self.held = {}
        self.calls = []
        self.settings = None
        self.will = defaultdict(list)

    def tell(self, act, *answers):
        """What the next calls of this kind come to, in order; after that it does what it ought."""
        self.will[act].extend(answers)

    def answer(self, act, key):
        self.calls.append((act, key))
        if not self.will[act]:
            return None
        answer = self.will[act].pop(0)
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def send(self, command, *, key, settings):
        self.settings = settings
        told = self.answer("send", key)
        if told is not None:
            return told
        return self.apply(command, key)

    def apply(self, command, key):
        assert key not in self.held, "doubled"
        self.held[key] = command
        return Receipt(f"DOC-{len(self.held)}", ReceiptState.CONFIRMED, command.total)

    def find(self, command, *, key, settings):
        told = self.answer("find", key)
        if told is not None:
            return told
        if key not in self.held:
            return None
        reference = f"DOC-{list(self.held).index(key) + 1}"
        return Receipt(reference, ReceiptState.CONFIRMED, self.held[key].total)

    def entries(self, since, *, settings):
        return iter(())
