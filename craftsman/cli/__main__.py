"""`python -m craftsman.cli`: how the processes of an installation start each other."""

from craftsman.cli.app import main

main()
