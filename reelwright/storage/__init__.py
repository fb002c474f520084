"""Where truth is kept: the database, the event log, the blobs and the trained models."""
