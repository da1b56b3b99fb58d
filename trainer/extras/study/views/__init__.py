"""The pages of trials: of people who are invited or take part, of a firm, of administrators."""
