"""FHIR R4 for referrals, by the SDOH Clinical Care guide: how a hospital or a 211 joins the loop.

`mapping` and `listings` say what we know in FHIR, `incoming` reads what others send, both pure;
`access` decides who sees what; `endpoints` are the doors, mounted at `/fhir` by `server`.
Guide: http://hl7.org/fhir/us/sdoh-clinicalcare (STU 2.3, on FHIR R4 4.0.1).
"""
