"""Visits: a response on scene, and the follow-up that it calls for."""
