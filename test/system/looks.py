"""How a page is looked at: screens, colour schemes, what the browser complains of, and the accessibility checker."""

import pytest

LOOKS = [pytest.param(width, scheme, id=f"{scheme}-{width}") for scheme in ("light", "dark") for width in (1440, 800, 360)]


def look(browser, width=1440, height=1000, scheme="light", motion="no-preference"):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})


def complaints(browser):
    return [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def assert_accessible(browser, axe):
    browser.execute_script(axe)
    found = browser.execute_async_script(
        "axe.run({resultTypes: ['violations']}).then(arguments[0], e => arguments[0]({error: String(e)}))")
    assert "error" not in found, found
    violations = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]]
    assert found["passes"] and not violations, violations
