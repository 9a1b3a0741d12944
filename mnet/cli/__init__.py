"""The `mnet` command: opens the course, trains a network, marks submissions, examines this machine."""

import click

from mnet.cli import doctor, lab, mark, train
from mnet.cli.errors import Main


@click.group(cls=Main)
@click.version_option(package_name="mnet")
def main():
    """Build a network that reads handwriting: the course and its tools."""


for command in lab.lab, train.train, mark.check, doctor.doctor:
    main.add_command(command)
