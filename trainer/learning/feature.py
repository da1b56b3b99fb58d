"""What `learning` brings to the app."""

from __future__ import annotations

from trainer.content.serving import served_in
from trainer.core.clock import today
from trainer.core.feature import Feature
from trainer.credentials.models import Credential
from trainer.learning import emails, privacy
from trainer.learning.certificate_views import blueprint as certificates
from trainer.learning.question_views import blueprint as questions
from trainer.learning.top_ups import Since, changes_since
from trainer.learning.views import blueprint as learning
from trainer.web.language import language_tag


def _changes_since(credential: Credential) -> Since | None:
    return changes_since(credential, served_in(language_tag()).courses, today())


FEATURE = Feature(
    name="learning",
    blueprints=(learning, questions, certificates),
    checks_tokens_itself=(questions,),  # it checks one where there is a session to hang it on
    links={
        "correction": "certificates.correct",
        "course": "learning.show_course",
        "lesson": "learning.show_lesson",
        "revocation": "certificates.withdraw",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    answers={"changes_since": _changes_since},
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
)
