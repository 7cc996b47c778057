"""What each command takes on the command line: one module for each.

A module loads what does the work only when its command runs, so that help is there at once.
"""
