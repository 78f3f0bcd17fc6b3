"""The browser that the tests of pages use."""

import pytest

from tools.chromium import WHY_NONE, find

CHROMIUM = find()
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason=WHY_NONE)
