"""Referrals and visits as files, for agencies without systems of their own: CSV out and in.

`tables` (pure) writes and reads spreadsheets; `export` and `upload` say what stands in those of
referrals, `visit_export`, `visit_rows` and `visit_upload` in those of visits;
`queries` is shared with `api.fhir`: both hand the same referrals to the same callers.
"""
