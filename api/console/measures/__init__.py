"""Programme figures as people read them: tables, plots, CSV and the printed report.

`tables`: what a table is. `visits`, `follow_up`, `referrals`, `programme`: one function for each
section, from what the database has counted. `sections`: all of them in order. `plots`: drawings.
`pages`: the console's pages. `report`: the PDF.
"""
