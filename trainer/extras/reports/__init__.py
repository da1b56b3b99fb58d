"""Training status by email, each week or month, to those whom a firm chose.

Nouns: Report, ReportRecipient, ReportMail. What a report shows is read in `compliance`.
"""
