"""Whether a PostgreSQL and a Redis answer at the two addresses: exit status 0 if both do, with a line that says so."""

import sys

import environ
import psycopg2
import redis

database_url, queue_url = sys.argv[1:]
database = environ.Env.db_url_config(database_url)
try:
    with psycopg2.connect(
        host=database["HOST"] or database.get("OPTIONS", {}).get("host"),
        port=database["PORT"] or None,
        user=database["USER"] or database.get("OPTIONS", {}).get("user"),
        password=database["PASSWORD"] or None,
        dbname="postgres",
        connect_timeout=3,
    ) as connection:
        postgres_version = connection.server_version // 10000
    redis_version = redis.from_url(queue_url, socket_timeout=3).info("server")["redis_version"]
except (psycopg2.OperationalError, redis.RedisError, ValueError) as error:
    sys.exit(f"--- No second pass: {str(error).splitlines()[0]}")
sys.stdout.write(f"--- PostgreSQL {postgres_version} and Redis {redis_version} answer\n")
