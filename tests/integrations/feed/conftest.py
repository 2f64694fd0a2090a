"""Connections beside the test's own."""

import psycopg
import pytest
from django.conf import settings


@pytest.fixture
def another_connection():
    opened = []

    def connect():
        connection = psycopg.connect(settings.DATABASE_URL)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()
