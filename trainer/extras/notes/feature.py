"""What `notes` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.notes import emails, handing_in, privacy
from trainer.extras.notes.views.grading import blueprint as class_notes
from trainer.extras.notes.views.handing_in import blueprint as hand_in
from trainer.extras.notes.words import seen_in

FEATURE = Feature(
    name="notes",
    blueprints=(class_notes, hand_in),
    parts={
        "below_class_invitations": "notes/_answered.html",
        "below_note": "notes/_hand_in.html",
        "below_shown_answers": "notes/_taking.html",
        "below_seen_answers": "notes/_seen.html",
        "beside_progress": "notes/_own.html",
        "class_tabs": "notes/_tab.html",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    upkeep=(handing_in.delete_notes_of_former,),
    forget_firm=handing_in.forget_firm,
    answers={
        "delete_notes": handing_in.delete_notes,
        "has_notes": handing_in.has_handed_in,
        "note_classes": handing_in.list_taking,
        "notes_seen_in": seen_in,
        "reads_notes": handing_in.reads_notes,
        "unread_notes": handing_in.list_unread,
    },
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
)
