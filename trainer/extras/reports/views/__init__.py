"""The pages of reports, and what the links in their mails open."""
