import os
import signal

import pytest
import redis
from kombu import Connection

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.valkey import Broker


@pytest.fixture
def home(open_folder):
    return PortalHome(open_folder)


def client(broker):
    password = broker.home.secrets()["broker"]
    return redis.Redis(unix_socket_path=str(broker.socket), password=password)


def test_celery_reaches_it_by_the_address_it_gives(home):
    with Broker(home) as broker, Connection(broker.url) as connection:
        connection.ensure_connection(max_retries=1)
        assert connection.connected


def test_it_asks_for_the_password(home):
    with Broker(home) as broker, pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=str(broker.socket)).get("x")


def test_what_was_queued_outlives_a_kill(home):
    with Broker(home) as broker:
        with client(broker) as line:
            line.rpush("celery", "a bell")
            line.execute_command("WAITAOF", 1, 0, 2000)
        os.kill(broker.child.pid, signal.SIGKILL)

        with Broker(home) as again, client(again) as line:
            assert line.lrange("celery", 0, -1) == [b"a bell"]
