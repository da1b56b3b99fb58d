"""What people find wrong with a scene, once they see its key, and those who read it. Noun: Remark."""
