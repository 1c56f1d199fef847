"""The voices that an owner has enrolled: a name, and what the voice sounds like to one model. Clips are not kept.

A clip that comes over REST waits in the store until a worker has listened to it; then it is removed, whatever came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import delete, or_, select

from service.belongings import Voice
from service.database import Database, clock
from service.domain.speech import KnownVoice, Voiceprint
from service.errors import NotFound
from service.jobs import new_id
from service.queue import Post
from service.store import FolderStore

REMIND_SECONDS = 300

MAX_TRIES = 3
"""How often a worker may begin to listen to one clip and never come to an end; then the clip is thought to be why."""

WAITS = (Voice.print.is_(None), Voice.error.is_(None))
"""What is true in the database of a `Voice` that `waits`."""


def clip_key(voice_id: str) -> str:
    """Where the clip of a voice waits in the store."""
    return f"voices/{voice_id}"


class Roster:
    """Every method about an owner's voices takes another's as if they were not there."""

    def __init__(self, database: Database, store: FolderStore) -> None:
        self.database = database
        self.store = store

    def add(self, owner: str, name: str, show: str, voiceprint: Voiceprint) -> Voice:
        """A voice that was listened to; beside others of the same name, if there are any."""
        return self._record(Voice(id=new_id(), owner=owner, name=name, show=show, print=msgspec.to_builtins(voiceprint)))

    def begin(self, owner: str, name: str, show: str, clip: Path) -> Voice:
        """A voice whose clip (a scratch file of the store) a worker has still to listen to. Raises `StoreFull`."""
        voice_id = new_id()
        self.store.adopt(clip_key(voice_id), clip)
        return self._record(Voice(id=voice_id, owner=owner, name=name, show=show, print=None))

    def _record(self, voice: Voice) -> Voice:
        with self.database.writing() as session:
            voice.created_ms = clock(session)
            session.add(voice)
        return voice

    def finish(self, voice_id: str, listen: Callable[[Path], Voiceprint | str], after_seconds: float = REMIND_SECONDS) -> None:
        """Have a waiting clip listened to: `listen` gives the print, or says why there is none. Not if the voice was deleted or is done.

        After `MAX_TRIES` the clip is not listened to again; once nothing was heard of the last for `after_seconds` it has failed.
        """
        with self.database.writing() as session:
            voice = session.get(Voice, voice_id, with_for_update=True)
            if voice is None or not voice.waits:
                return
            now, begun_ms = clock(session), voice.tried_ms or 0
            if may_try := voice.tries < MAX_TRIES:  # counted before it is done: the worker may not live to tell
                voice.tries, voice.tried_ms = voice.tries + 1, now
        if may_try:
            clip = clip_key(voice_id)
            self._end(voice_id, listen(self.store.path(clip)) if self.store.exists(clip) else "its clip is gone")
        elif begun_ms < now - after_seconds * 1000:
            self._end(voice_id, f"a worker began to listen to its clip {MAX_TRIES} times and never came to an end; enrol another clip")

    def _end(self, voice_id: str, heard: Voiceprint | str) -> None:
        with self.database.writing() as session:
            if (row := session.get(Voice, voice_id)) is not None:
                row.print = msgspec.to_builtins(heard) if isinstance(heard, Voiceprint) else None
                row.error = None if isinstance(heard, Voiceprint) else heard
        self.store.delete(clip_key(voice_id))

    def remind(self, post: Post, after_seconds: float = REMIND_SECONDS) -> None:
        """Send again for clips that have waited so long: a message may be lost. Raises `BrokerUnavailable`."""
        with self.database.reading() as session:
            long_ago = Voice.created_ms < clock(session) - after_seconds * 1000
            forgotten = session.scalars(select(Voice.id).where(*WAITS, long_ago)).all()
        for voice_id in forgotten:
            post.enrol(voice_id)

    def all(self, owner: str) -> list[Voice]:
        """By show, name and age."""
        with self.database.reading() as session:
            return list(session.scalars(select(Voice).where(Voice.owner == owner).order_by(Voice.show, Voice.name, Voice.id)))

    def get(self, voice_id: str, owner: str) -> Voice:
        """Raises `NotFound`."""
        with self.database.reading() as session:
            voice = session.get(Voice, voice_id)
        if voice is None or voice.owner != owner:
            raise NotFound(f"there is no voice {voice_id}")
        return voice

    def delete(self, voice_id: str, owner: str) -> None:
        """Raises `NotFound`."""
        self.get(voice_id, owner)
        with self.database.writing() as session:
            session.execute(delete(Voice).where(Voice.id == voice_id))
        self.store.delete(clip_key(voice_id))

    def known(self, owner: str, show: str) -> tuple[KnownVoice, ...]:
        """The voices to expect in an episode of this show: its own, and those enrolled for every show."""
        mine = (Voice.owner == owner, or_(Voice.show == show, Voice.show == ""), Voice.print.is_not(None))
        with self.database.reading() as session:
            rows = session.scalars(select(Voice).where(*mine).order_by(Voice.id)).all()
        return tuple(KnownVoice(row.name, msgspec.convert(row.print, Voiceprint)) for row in rows)
