"""What people find wrong with a lesson, or with a scene once they see its key, and those who read it. Noun: Remark."""
