"""Sign-in by the university, through OpenID Connect: who somebody is, as a provider says it.

Lives here: what the provider is asked and how its answers are bounded (`wire`), what it says of
itself (`about`) and of people (`provider`), what an ID token must say before it is believed
(`id_token`), attempts to sign in (`attempts`), and the addresses that a browser visits on the way
(`routes`). Which student somebody is, others decide.
"""
