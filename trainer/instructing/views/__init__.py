"""Pages of classes: an instructor's list, board, misreads, meetings and settings; a learner's way in and out."""
