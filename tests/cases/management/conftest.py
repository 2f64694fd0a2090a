"""What tests of the commands may ask for."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories.integrations import SourceFactory


class Ran:
    """What a command printed, and its exit code."""

    def __init__(self, *arguments):
        out, err = StringIO(), StringIO()
        self.code = 0
        try:
            call_command(*map(str, arguments), stdout=out, stderr=err)
        except SystemExit as ending:
            self.code = ending.code
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run():
    return Ran


@pytest.fixture
def source():
    return SourceFactory(name="clearinghouse")
