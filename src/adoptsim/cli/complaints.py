"""What goes wrong, in plain words on stderr, and with which exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

__all__ = ["RUN_FAILED", "WRONG_INPUT", "complaints", "stopped_like_from_the_keyboard"]

RUN_FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130
TRACEBACK = "ADOPTSIM_TRACEBACK"  # set, it shows the traceback of a fault of ours


@contextmanager
def complaints() -> Iterator[None]:
    """Wrong input and failures as plain words on stderr, never a traceback."""
    from adoptsim.experiment.errors import RunStoppedError, StoreError
    from adoptsim.inputs.errors import InputError

    try:
        yield
    except click.ClickException:
        raise
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(WRONG_INPUT)
    except StoreError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_INPUT)
    except RunStoppedError as error:
        click.echo(f"Error: {error}", err=True)
        click.echo("What is done is kept; the same command goes on from there.", err=True)
        sys.exit(RUN_FAILED)
    except (OSError, MemoryError, RuntimeError) as error:
        click.echo(f"Error: {str(error) or type(error).__name__}", err=True)
        sys.exit(RUN_FAILED)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        click.echo(f"Error: {type(error).__name__}: {error}", err=True)
        click.echo(f"This is a fault of adoptsim, not of your file; {TRACEBACK}=1 shows where it is.", err=True)
        sys.exit(RUN_FAILED)
    except KeyboardInterrupt:
        click.echo("\nStopped. What is done is kept; the same command goes on from there.", err=True)
        sys.exit(INTERRUPTED)


@contextmanager
def stopped_like_from_the_keyboard() -> Iterator[None]:
    """A batch system that ends a run is answered in the same words as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
