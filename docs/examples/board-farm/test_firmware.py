# SPDX-License-Identifier: GPL-2.0-only
"""pytest --lg-env labgrid.yaml: the cases of bring-up on a board that labgrid reaches."""
import re

import pytest

CORE = "CORE"
FIRMWARE = "FIRMWARE.elf"  # in the board's /lib/firmware
CASES = ["starts", "echoes", "recovers", "stops", "starts-again", "echoes-again"]


@pytest.fixture(scope="module")
def results(target):
    target.activate(target.get_driver("NetworkPowerDriver"))
    target["NetworkPowerDriver"].cycle()
    shell = target.get_driver("ShellDriver")  # waits for the prompt
    output, _, _ = shell.run(f"bring-up {CORE} {FIRMWARE}", timeout=300)
    return dict(re.fullmatch(r"(\S+): (pass|fail)", line).groups() for line in output if re.fullmatch(r"\S+: (pass|fail)", line))


@pytest.mark.parametrize("case", CASES)
def test_case(results, case):
    assert results.get(case) == "pass"
