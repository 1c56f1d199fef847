"""The words by which labels, headings and their look-alikes are told apart. All are case folded."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _words("a al and bin da das de del della den der di do dos du e el et ibn la le of the und van von y zu zum")
"""Parts of names that are written small."""

PLACEHOLDERS = _words("""
    speaker speakers spk s person participant voice voiceover host cohost guest interviewer interviewee moderator narrator announcer
    caller audience panelist presenter anchor reporter correspondent man woman boy girl male female unknown unidentified unnamed other
    all both everyone crowd computer advertisement advertiser ad sponsor music jingle theme break intro outro recording clip
    question answer
    sprecher sprecherin gast moderatorin interviewpartner locutor locutora orateur oratrice intervenant intervenante
    entrevistador entrevistadora entrevistado entrevistada hablante falante relatore
    主持人 嘉宾 记者 旁白 司会 ゲスト ナレーター
""")
"""Words that label a voice without naming anybody."""

ASIDES = _words("""
    actually also and anyway author because but bonus caution chapter conclusion correction disclaimer example fact first fourth from
    finally here however i'm it's last let's look listen maybe meaning mind next no not now ok okay one or part plus point ps quote
    really remember reminder second see sidenote so sorry spoiler step still subject that's then therefore third three tip to today
    translation true two wait warning welcome well what what's why yeah yes you
""")
"""Words that open a sentence with a colon more often than they label a speaker."""

FACTS = _words("""
    title subtitle episode date published publication release released recorded aired air duration length runtime show podcast series
    season number description summary synopsis about link links url source website web file filename media audio author producer
    producers produced editor edited transcript transcription transcribed transcriber completed language keywords tags topics topic
    category categories license copyright location created update updated version generated id name guid type call meeting on by time
    note notes of
    titel datum folge dauer beschreibung titre durée título fecha episodio duración descripción data duração descrição titolo durata
""")
"""Words of which the part before a colon consists where a row states a fact of the recording: "Episode date:"."""

PEOPLE = _words("""
    speaker speakers host hosts co-host co-hosts cohost cohosts guest guests participant participants panelist panelists panel featuring
    interviewer interviewee interviewers interviewees presenter presenters moderator moderators hosted presented with cast
    sprecher gast gäste moderation gastgeber invité invités animateur animatrice présentateur invitado invitados presentador locutores
    ospite ospiti conduttore convidado convidados apresentador
""")
"""Words before the colon of a row that lists who speaks."""

MARKERS = _words("transcript transcription transkript transcripción trascrizione transcrição")
"""Words that stand alone above the talk."""

MARKERS_COMPANY = MARKERS | _words("""
    verbatim full complete episode podcast show audio video the a of auto automatic automated automatically machine ai generated rough
    edited unedited begin begins start starts here below interview
""")
"""Words that may stand beside them."""
