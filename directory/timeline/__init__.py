"""What happened with a person, in order of time: visits, texts, referrals, check-ins, consent."""
