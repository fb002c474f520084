"""Wishes, videos and what a worker makes of one, for the tests of cache and engine."""

from reelwright.domain import (
    Blueprint,
    Format,
    Made,
    Manifest,
    Music,
    SemanticId,
    Shot,
    Video,
    Wish,
    digest,
)


def wish(num: int = 1, *, brief: str = "") -> Wish:
    return Wish(sid=SemanticId((num, 2), (3, 4)), codebook="a", brief=brief, locale="de")


def video(id_: str, *, title: str = "", wish: str = "") -> Video:
    return Video(
        id=id_,
        title=title or id_,
        film="f",
        poster="p",
        duration_s=5.0,
        width=360,
        height=640,
        fps=24.0,
        has_sound=True,
        wish=wish,
    )


def made(one: Wish, *, title: str = "Tea") -> Made:
    shot = Shot(
        start_s=0.0,
        duration_s=6.0,
        scene="harbour",
        light="dawn",
        subject="",
        camera="push in",
        words="Tea",
        transition="",
        seed=7,
    )
    blueprint = Blueprint(
        title=title,
        style="calm",
        shots=(shot,),
        music=Music(mood="warm", tempo_bpm=90.0, seed=7),
        format=Format(),
        planner="rules",
    )
    manifest = Manifest(
        wish=one.key,
        sid=str(one.sid),
        codebook=one.codebook,
        blueprint=digest(blueprint),
        planner="rules",
        renderer="compositor",
        program="0",
        made_at_s=1.0,
        measured_sid="1.2/3.4",
    )
    return Made(
        video=video(one.key, title=title, wish=one.key), manifest=manifest, blueprint=blueprint
    )
