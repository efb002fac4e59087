"""Letters: the outbox, their texts and their delivery."""
