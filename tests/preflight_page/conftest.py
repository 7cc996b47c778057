from hypothesis import settings

# How long an example takes is the machine's affair.
settings.register_profile("preflight_page", deadline=None)
settings.load_profile("preflight_page")
