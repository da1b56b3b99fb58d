"""One person taking one course once: lessons read, active minutes, what is still missing, completion.

Nouns: Enrollment, LessonCompletion. What a lesson says belongs to `courses`; judging scenes to `assessment`.
"""
