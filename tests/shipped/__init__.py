"""Tests of what is in content/, the folder that authors write; code is tested on tests/content_folder."""
