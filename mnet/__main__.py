"""Lets `python -m mnet` be the command `mnet`."""

from mnet.cli import main

if __name__ == "__main__":
    main(prog_name="mnet")
