#!/usr/bin/env python3
"""Django's command line; `./run manage ...` calls it with the services up."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
    # Django's commands are modules, spelled with underscores; people type hyphens.
    command = [each.replace("-", "_") for each in sys.argv[1:2] if not each.startswith("-")]
    execute_from_command_line([sys.argv[0], *(command or sys.argv[1:2]), *sys.argv[2:]])
