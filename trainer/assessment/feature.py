"""What `assessment` brings to the app."""

from __future__ import annotations

import datetime as dt
import uuid

from trainer.assessment import emails, privacy
from trainer.assessment.acts import ACTS
from trainer.assessment.finals import lessons_again
from trainer.assessment.next_steps import NextStep, find_next_step
from trainer.assessment.progress import WentWrong, list_went_wrong
from trainer.assessment.renewal_mails import wants_mail
from trainer.assessment.renewals import find_renewal
from trainer.assessment.tasks import (
    count_answers,
    count_leaks,
    measure_site,
    remind_of_check_ins,
    remind_of_renewals,
)
from trainer.assessment.views.attempts import blueprint as assessment
from trainer.assessment.views.check_ins import blueprint as check_ins
from trainer.assessment.views.drills import blueprint as drills
from trainer.assessment.views.finals import blueprint as finals
from trainer.assessment.views.first_try import blueprint as first_try
from trainer.assessment.views.pretest import blueprint as pretest
from trainer.assessment.views.previews import blueprint as previews
from trainer.assessment.views.progress import blueprint as progress
from trainer.assessment.views.renewals import blueprint as renewals
from trainer.content.library import Course
from trainer.content.serving import served_in
from trainer.core.clock import now, today
from trainer.core.feature import HOUR, Feature, Task
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.learning.rules import CourseProgress, Renewal
from trainer.web.language import language_tag


def _next_step(course: Course, enrollment: Enrollment, where: CourseProgress) -> NextStep:
    return find_next_step(course, enrollment, where, now())


def _went_wrong(user_id: uuid.UUID, course: Course, since: dt.datetime | None) -> list[WentWrong]:
    content = served_in(language_tag())
    return list_went_wrong(user_id, content, content.courses[course.slug], since)  # without the lessons for renewing


def _renewal_of(credential: Credential) -> Renewal | None:
    return find_renewal(credential, served_in(language_tag()).courses, today())


FEATURE = Feature(
    name="assessment",
    blueprints=(
        assessment,
        finals,
        drills,
        first_try,
        pretest,
        check_ins,
        progress,
        renewals,
        previews,
    ),
    checks_tokens_itself=(first_try,),  # it checks one where there is a session to hang it on
    links={
        "final": "finals.show",
        "first_try": "first_try.start",
        "practice": "assessment.practice",
        "pretest": "pretest.offer",
    },
    slots={
        "next_step": "assessment/_next_step.html",
        "own_certificate": "assessment/_own_certificate.html",
        "renewal": "assessment/_renewal.html",
        "rule": "assessment/_rule.html",
        "chances": "assessment/_chances_line.html",
        "went_wrong": "assessment/_went_wrong.html",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(
        Task("remind of check-ins", HOUR, remind_of_check_ins),
        Task("remind of renewals", HOUR, remind_of_renewals),
        Task("count answers", HOUR, count_answers),
        Task("count leaks", 24 * HOUR, count_leaks),
        Task("measure the site", 24 * HOUR, measure_site),
    ),
    answers={
        "lessons_again": lessons_again,
        "next_step": _next_step,
        "renewal_of": _renewal_of,
        "wants_renewal_mail": wants_mail,
        "went_wrong": _went_wrong,
    },
    acts=ACTS,
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
)
