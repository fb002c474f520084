"""Profiles: what is known of a viewer is kept, and written anew as a whole."""

from reelwright.domain import Attribute, Origin
from reelwright.storage.database import Database
from reelwright.storage.profiles import Profiles

TONGUE = Attribute("language", "de", Origin.DECLARED)
HOUR = Attribute("daypart", "", Origin.OBSERVED)


def test_what_is_kept_is_found_and_newer_knowledge_replaces_it(db: Database) -> None:
    profiles = Profiles(db)
    assert profiles.of("ada") == ()
    profiles.keep({"ada": (TONGUE, HOUR), "ben": ()})
    assert profiles.of("ada") == (TONGUE, HOUR), "a missing value is a value"
    assert profiles.of("ben") == ()
    profiles.keep({"ada": (TONGUE,)})
    assert profiles.of("ada") == (TONGUE,)
    profiles.keep({})
