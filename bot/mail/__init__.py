"""The mail catcher: keeps e-mail on this machine as files, so that trials reach nobody."""
