"""What can keep the services from starting, in words for whoever starts them."""


class StartRefused(Exception):
    """The installation cannot start; the message says why and what to do."""
