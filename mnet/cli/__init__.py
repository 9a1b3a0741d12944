"""The `mnet` command: opens, hands out and marks lessons, trains a network, examines this machine."""

import click

from mnet.cli import doctor, edition, lab, mark, train
from mnet.cli.errors import Main


@click.group(cls=Main)
@click.version_option(package_name="mnet")
def main():
    """Build a network that reads handwriting: the course and its tools."""


for command in lab.lab, train.train, mark.check, edition.edition, doctor.doctor:
    main.add_command(command)
