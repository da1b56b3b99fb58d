"""What skeletons say: every text is one to be filled in."""

LESSON = """\
---
title: {title}
summary: One sentence that says what this lesson is about.
minutes: 3
objectives:
  - Say what the reader can do afterwards
indicators: []
sources: [{source}]
---
::: ask
A question that the reader can guess at before reading on?
:::

One idea, in short sentences.

::: reveal A question with a short answer?
The answer.
:::

::: recap
- The first thing to take along.
- The second.
:::
"""
REGION = """\
name: {name}
thin: true  # only a little is known of it yet, and pages say so
"""
HELP_LINES = """\
# The lines of {name}. Until one of them has a role, a line of the nation stands in: {roles}.
# Take the brackets at the end out, and write for each:
# - id: a-name-of-its-own
#   name: What it calls itself
#   for_whom: Who may call, in one sentence
#   needs: [{need}]
#   phone: 1-800-555-0100
#   stands_in_for: [{role}]
#   source: {source}
#   seen_on: {day}
[]
"""
SCENE = """\
---
title: A new scene
setting: Where and when
truth: {truth}
best: {best}
rule: {rule}
route: {route}
venue: {venue}
about: {about}
place: {place}
people:
  - {{role: at-risk, gender: female, age: adult, origin: none, manner: neutral}}
  - {{role: controller, gender: male, age: adult, origin: none, manner: neutral}}
pair: {pair}
pool: {pool}
differs: {differs}
decides: ["{ending}"]
{shown}
cues: few
signs: {signs}
ordinary:
  - What is there and doesn't count
sources: [{source}]
items:
  - type: judge
    verdicts:
      report-now: Say why this is right or wrong here.
      note-and-watch: Say why this is right or wrong here.
      nothing-to-report: Say why this is right or wrong here.
    actions:
      - id: report
        text: Write down the exact words and pass them on
        why: Say why.
        door: {report_door}
        grade: {report}
      - id: serve
        text: Keep serving and keep the usual notes
        why: Say why.
        door: {serve_door}
        grade: {serve}
      - id: ask
        text: Ask him what he is doing
        why: It puts people in danger.
        door: {talk}
        grade: harmful
        harm: {harm}
      - id: wait
        text: Wait for another day
        why: Say why.
        door: {tell}
        grade: wrong-route
      - id: supervisor
        text: Tell your supervisor at the end of the shift
        why: Say why.
        door: {tell}
        grade: wrong-route
---
Tell in 90 to 130 words what you see and hear. A woman asks a man for her card. {ending}.
"""
SIGN = """\
  - id: {id}
    kind: indicator
    name: {name}
    category: {category}
    observed: What may be seen or heard.
    strength: weak
    about: {about}
    venues: [{venue}]
    look_alikes: [An ordinary reason]
    basis: Expert judgment, not validated.
"""
PACK = """\
title: {title}
{state}applies_to: Say which firms, and which of their people, this is for.
course_approval:
  required: false  # true if the state wants a course that it approved: then add "authority:", who approves
defaults:
  course: {course}
  least_minutes: 0
  cadence_months: 12
  days_allowed: 90
  renewal_days: 60
unclear:
  - Say what you couldn't find, or aren't sure of.
sources: [{source}]
seen_on: {today}
notice: This is what we have read, {advice}.
"""
COURSE = """\
title: {title}
summary: One sentence that says what this course is about.
version: "0.1"
audience: Say who this course is for.
least_minutes: 0
validity_months: 12
achievement: {achievement}
achievement_id: {achievement_id}
modules: [{module}]
first_try:
  scenes: {first_try}
practice:
  scenes: {practice}
final:
  note: Say what the scenes are about.
  stages:
{stages}
  shows_all: {shows_all}
  retry_rule:
{retry_rule}
"""
MODULE = """\
title: {title}
objectives:
  - Say what the reader can do afterwards
"""
ENTRY = """\
## {course} 0.1

digest: none yet

- Say what this course is, and who it is for.

"""
CARD = """\
title: {title}
venues: [{venue}]
alone:
  - {{text: Say how it shows at this place., signs: [{strong}]}}
together:
  - {{text: Say how it shows at this place., signs: [{medium}]}}
never:
  - Say what is never a sign here.
do:
  - "Danger now: {number}."
dont:
  - "Say what to leave alone: {harm}."
"""
