"""The reference keeps its word: whatever it allows is answered as it says, and nothing breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from scripted_feed import ScriptedFeed, app_of, some_video, store

from reelwright.config import ServeConfig, VideosConfig

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    missing_required_header,
]
EXAMPLES = 6  # of each route and kind
ROUTES = [
    ("get", "/feed"),
    ("post", "/events"),
    ("get", "/clips/{key}"),
    ("get", "/making"),
    ("get", "/viewers"),
    ("get", "/viewer/data"),
    ("delete", "/viewer/data"),
    ("get", "/health"),
    ("get", "/metrics"),
    ("post", "/operator/wishes/{key}"),
    ("get", "/operator/data"),
    ("delete", "/operator/data"),
    ("post", "/operator/takes"),
    ("post", "/operator/takes/{id}/worlds"),
    ("post", "/operator/takes/{id}/revoke"),
    ("delete", "/operator/takes/{id}"),
    ("post", "/operator/works/{id}/insist"),
    ("delete", "/operator/works/{id}"),
    ("post", "/session"),
    ("get", "/session"),
    ("delete", "/session"),
    ("post", "/v1/videos"),
    ("get", "/v1/videos"),
    ("get", "/v1/videos/{id}"),
    ("delete", "/v1/videos/{id}"),
    ("get", "/v1/videos/{id}/content"),
    ("get", "/v1/models"),
    ("get", "/v1/models/{id}"),
]
BARE = {  # nothing is asked with these, so nothing can be asked wrongly
    ("get", "/clips/{key}"),
    ("get", "/viewers"),
    ("get", "/health"),
    ("get", "/metrics"),
    ("get", "/session"),
    ("delete", "/session"),
    ("post", "/operator/takes/{id}/revoke"),
    ("delete", "/operator/takes/{id}"),
    ("post", "/operator/works/{id}/insist"),
    ("delete", "/operator/works/{id}"),
    ("get", "/v1/models"),
}
UNSAID = {
    ("post", "/operator/takes")
}  # no schema says which bytes are a film, or which day is over
KINDS = [(*route, GenerationMode.POSITIVE) for route in ROUTES if route not in UNSAID] + [
    (*route, GenerationMode.NEGATIVE) for route in ROUTES if route not in BARE
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The reference of the door as it is, at a pace that no test reaches."""
    with store(tmp_path_factory.mktemp("reference")) as kept:
        feed = ScriptedFeed([some_video(number) for number in range(3)], kept)
        app = app_of(
            feed,
            kept,
            config=ServeConfig(guesses_per_minute=1_000_000),
            videos=VideosConfig(per_minute=1_000_000, max_queue=1_000_000),
        )
        yield schemathesis.openapi.from_asgi("/openapi.json", app)


def test_every_route_of_the_reference_is_tried(described: Any) -> None:
    told = described.raw_schema["paths"].items()
    assert {(method, path) for path, methods in told for method in methods} == set(ROUTES)


@pytest.mark.parametrize(("method", "path", "mode"), KINDS)
def test_a_route_answers_as_the_reference_says(
    method: str, path: str, mode: GenerationMode, described: Any
) -> None:
    cases = described[path][method].as_strategy(generation_mode=mode)

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()
