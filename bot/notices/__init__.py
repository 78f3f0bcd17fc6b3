"""Sending what directory.notices has planned: texts through the outbox, e-mail, webhooks."""
