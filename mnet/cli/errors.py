"""How what mnet refuses reaches the shell."""

from contextlib import contextmanager

import click


@contextmanager
def sentences():
    """Turn what mnet refuses into one line for the shell."""
    try:
        yield
    except ValueError as error:  # DataError is one; a TypeError would be our own mistake, and shows as such
        raise click.ClickException(str(error)) from None
