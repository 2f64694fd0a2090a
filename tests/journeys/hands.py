"""A person at the portal: their browser, their keyboard, and what the browser gave away."""

from dataclasses import dataclass, field

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    FileChooser,
    FilePayload,
    Page,
    expect,
)

PASSWORD = "demo-only-password"
LETTER: FilePayload = {
    "name": "letter.txt",
    "mimeType": "text/plain",
    "buffer": b"Please find the corrected claim.",
}
STORED = """() => JSON.stringify([
    document.title, location.href, {...localStorage}, {...sessionStorage}, history.state,
])"""


@dataclass
class Person:
    """One browser window. Keys are counted; text that is typed into a field is not."""

    context: BrowserContext
    address: str
    keys: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("filechooser", self.give_file)
        self.page.on("request", lambda request: self.trail.append(request.url))

    def hear(self, message: ConsoleMessage) -> None:
        """What the console says, but for the browser's hints to developers."""
        if message.type != "verbose":
            self.console.append(message.text)

    def press(self, *keys: str) -> None:
        """Each key is one keystroke, a chord is one too."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys.append(key)

    def type(self, text: str) -> None:
        """Into the field that has the focus."""
        expect(self.page.locator(":focus")).to_be_editable()
        self.page.keyboard.type(text)

    def open(self, path: str) -> None:
        """Go to an address of the portal."""
        self.page.goto(f"{self.address}{path}")

    def sign_in(self, username: str) -> None:
        """By the keyboard; ends where the person's work is."""
        self.open("/")
        self.type(username)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        expect(self.page.locator(".rail")).to_be_visible()
        self.page.wait_for_load_state()

    def give_file(self, chooser: FileChooser) -> None:
        """In the window that the system opens."""
        chooser.set_files(LETTER)

    def sees(self, *texts: str) -> None:
        """Each text stands on the page, or comes to stand there."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def was_refused(self, status: int) -> None:
        """The browser itself notes a refusal on its console; that line, once, is no fault."""
        line = next(said for said in self.console if f"status of {status}" in said)
        self.console.remove(line)

    def keeps(self) -> str:
        """The title, the address, and all that the browser holds of this page."""
        return str(self.page.evaluate(STORED))
