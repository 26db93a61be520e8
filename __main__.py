"""Entry point of the Pulumi program."""

from stacks import program

program.run()
