"""An application that exposes its active users. Its only answer comes after ?duration_ms=."""

import os
import threading
import time
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily


class ActiveUsers:
    """WSGI middleware: a request is an active user until its answer is complete."""

    def __init__(self, app):
        self.app, self.lock = app, threading.Lock()
        self.active, self.seconds, self.since = 0, 0.0, time.monotonic()
        REGISTRY.register(self)

    def change(self, users):
        with self.lock:
            now = time.monotonic()
            self.seconds += self.active * (now - self.since)
            self.since = now
            self.active += users
            return self.active, self.seconds

    def collect(self):
        active, seconds = self.change(0)  # a scrape gets it up to now
        yield GaugeMetricFamily("active_users", "Requests in flight.", value=active)
        yield CounterMetricFamily("active_user_seconds", "Time integral of active_users since the start.", value=seconds)

    def __call__(self, environ, start_response):
        answer = ()
        self.change(+1)
        try:
            answer = self.app(environ, start_response)
            yield from answer
        finally:
            getattr(answer, "close", lambda: None)()
            self.change(-1)


def app(environ, start_response):
    time.sleep(int(parse_qs(environ["QUERY_STRING"]).get("duration_ms", ["0"])[0]) / 1000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\n"]


users, metrics = ActiveUsers(app), make_wsgi_app()


def site(environ, start_response):
    return (metrics if environ["PATH_INFO"] == "/metrics" else users)(environ, start_response)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


if __name__ == "__main__":
    with make_server(os.environ.get("HOST", ""), int(os.environ["PORT"]), site, Server, WSGIRequestHandler) as server:
        print("Listening on {}:{}".format(*server.server_address), flush=True)
        server.serve_forever()
