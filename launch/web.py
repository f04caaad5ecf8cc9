"""Gunicorn's settings, the same under `./run` and in production: `gunicorn --config python:launch.web`."""

import os

# The product is imported once and the processes are copies of that: a quicker start and less memory.
preload_app = True
# One process per core and a few threads each: pages wait for the database more than they compute.
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A worker process that has not answered for a minute is replaced; at a stop, requests get five seconds to end.
timeout = 60
graceful_timeout = 5
# Against slow leaks: a process is replaced after some thousand requests, not all at the same moment.
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
