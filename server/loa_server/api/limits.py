"""How often one address may try what costs much or could be guessed."""

import math
import time
from typing import Any

from apiflask import APIFlask
from flask import Response
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from loa_server.api.problems import answer, status_of
from loa_server.domain.problems import Problem

# A whole office may sit behind one address; the lock-out per account is stricter.
SIGN_IN = "30 per minute; 300 per hour"
# Claim codes hold 59 bits: this is for peace, not for secrecy.
ENROL = "20 per minute; 200 per hour"
# All stations of a commune may share one address and fetch at the same time.
BLOBS = "1200 per minute"
UPLOADS = "60 per minute"
PER_ENDPOINT = {
    "session.sign_in": SIGN_IN,
    "account.change_password": SIGN_IN,
    "account.begin_second_factor": SIGN_IN,
    "account.confirm_second_factor": SIGN_IN,
    "account.remove_second_factor": SIGN_IN,
    "pages.submit_sign_in": SIGN_IN,
    "pages.submit_code": SIGN_IN,
    "outside.depart": SIGN_IN,
    "outside.arrive": SIGN_IN,
    "enrol.enrol": ENROL,
    "blobs.fetch": BLOBS,
    "bulletins.upload": UPLOADS,
    "calendar.import_events": UPLOADS,
}


def limit_rates(app: APIFlask) -> None:
    """Count per address in this process; over the limit the answer is `too_many_attempts`."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    for endpoint, rule in PER_ENDPOINT.items():
        view: Any = app.view_functions[endpoint]  # Any: Flask and the limiter differ in words
        app.view_functions[endpoint] = limiter.limit(rule)(view)

    @app.errorhandler(RateLimitExceeded)
    def exceeded(_error: RateLimitExceeded) -> Response:
        breached = limiter.current_limit
        wait_s = 60.0 if breached is None else breached.reset_at - time.time()
        problem = Problem("too_many_attempts", {"seconds": max(1, math.ceil(wait_s))})
        return answer(status_of(problem), problem)
