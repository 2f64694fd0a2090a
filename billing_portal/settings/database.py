"""Database addresses as Django wants them."""

from psycopg.conninfo import conninfo_to_dict


def credentials(url: str) -> dict[str, str]:
    """Name, user, password, host (or socket folder) and port of a PostgreSQL address.

    Raises psycopg.ProgrammingError when it is none.
    """
    said = conninfo_to_dict(url)
    return {
        "NAME": str(said.get("dbname", "")),
        "USER": str(said.get("user", "")),
        "PASSWORD": str(said.get("password", "")),
        "HOST": str(said.get("host", "")),
        "PORT": str(said.get("port", "")),
    }
