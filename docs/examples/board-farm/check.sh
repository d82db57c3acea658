#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: check.sh DIRECTORY
# The descriptions for board farms are what their readers take: LAVA's own schema, YAML, Python, and the script's cases.
set -eu
cd "$1"
/usr/bin/python3 -c 'import yaml, lava_common' 2>/dev/null || {
	echo "lava-common or python3-yaml is not installed: make setup"
	exit 77
}
/usr/bin/python3 - <<'END'
import ast, re, yaml
from lava_common.schemas import validate

job = yaml.safe_load(open("lava-job.yaml"))
validate(job, strict=True)
print("ok - LAVA takes the job")

place = yaml.safe_load(open("labgrid.yaml"))["targets"]["main"]
assert set(place) == {"resources", "drivers"} and "ShellDriver" in place["drivers"], place
print("ok - labgrid's place has a shell")

tree = ast.parse(open("test_firmware.py").read())
named = next(ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "CASES")
assert named == re.findall(r"^case_of (\S+)", open("bring-up").read(), re.M), named
print("ok - pytest asks for the cases that the script has")

step = job["actions"][2]["test"]["definitions"][0]["repository"]["run"]["steps"]
assert step == ["bring-up CORE FIRMWARE.elf"], step
END
sh -n bring-up
