"""The revisions, named by number and by what they bring."""
