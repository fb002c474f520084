"""Teaching the studio's own language model: from plans to an adapter that its engine loads."""
