"""`make dates`: all tests on days and in time zones that differ from the ordinary run's."""
