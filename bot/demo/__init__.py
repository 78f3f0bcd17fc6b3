"""A fictional year, so that every page can be seen: made of chance, of nobody's life.

Nobody in it exists. People are numbers ("Resident 012"), staff and officers are their roles
("Clinician 1"), every phone number is one that is reserved for fiction. The partners are real,
as they stand in data/partners.yml, and nothing is said of them but what chance makes of referrals;
one more is made up, so that there is something to sign in to and to review.

`world`: what all parts share. `crew`: staff, on-call, CIT training. `residents`: people, visits and
consents. `talk`: texts. `follow_up`: check-ins and answers. `asking`: what people text for, danger.
`referring`: referrals. `example_house`: the partner that is made up. `year`: all of it together.
The same seed and the same instant make the same year.
"""
