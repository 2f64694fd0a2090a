"""The sign-in form, in the portal's words."""

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """A label says what is asked; a placeholder goes away as soon as one types.

    The way to a new password stands below the form: one Tab leads from the name to the password.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["login"], self.fields["password"]
        name.label = "Username or email"
        name.widget.attrs = {"autocomplete": "username", "autofocus": True}
        password.widget.attrs.pop("placeholder", None)
        password.help_text = ""
