"""What an instructor does: classes joined with a code, where each person stands, what the group misreads, teaching.

Nouns: Cohort, CohortMember, ClassInvitation, ClassView, Nudge, InstructorApproval.
What someone has read and when a course is completed is decided in `learning`; how scenes are scored in `assessment`;
firms are `organizations`.
"""
