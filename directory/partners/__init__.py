"""Partners: who at an organisation is told of a referral, and the keys of its systems."""
