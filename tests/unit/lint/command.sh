#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: command.sh AMPRELAY CLEAN.elf SOC.json: what the command prints, for people and machines, and how it ends.
set -eu
amprelay=$1 clean=$2 soc=$3
work=$(mktemp -d /tmp/lint-command.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

# ends STATUS TEXT ARGUMENT…: with this status, and TEXT in what it says
ends() {
	wanted=$1 text=$2 got=0
	shift 2
	"$amprelay" lint "$@" >said 2>&1 || got=$?
	[ "$got" = "$wanted" ] && grep -qF -e "$text" said && return
	echo "not ok - lint $*: status $got, not $wanted, or no '$text':"
	cat said
	failed=1
}

# holds TEXT FILTER FILE: is it true of the JSON?
holds() {
	jq -e "$2" "$3" >/dev/null && return
	echo "not ok - $1: $2"
	cat "$3"
	failed=1
}

printf 'no firmware' >'bad [1].elf'
: >empty.elf
ends 0 ': 0 errors, 0 warnings, 0 notes for host linux-6.1' "$clean"
ends 1 'bad [1].elf: error: ELF header: the file has 11 bytes, an ELF header has 52 [elf-not-elf]' 'bad [1].elf'
ends 1 'to mend it: ' 'bad [1].elf'
ends 1 '1 error, 0 warnings, 0 notes for host nuttx and core m3' --host nuttx --soc "$soc" empty.elf
ends 0 '0 errors' --allow elf-not-elf 'bad [1].elf'
ends 1 '[elf-machine]' --soc "$soc" --core m3 "$clean"
ends 5 'missing.elf: cannot be read: No such file' missing.elf
ends 5 'cannot be read: Is a directory' .
ends 5 'no-such.json' --soc ./no-such.json "$clean"
ends 2 "there is no such rule" --allow nonsense "$clean"
ends 2 'there are linux-6.1, linux-7, openamp, nuttx, amprelay' --host plan9 "$clean"
ends 2 'has no such core' --soc "$soc" --core m4 "$clean"
ends 2 'give --soc as well' --core m3 "$clean"
ends 2 'only one of them' --json --sarif "$clean"
ends 2 'look at which firmware?' --json
ends 1 'cannot be written' -o ./no/such/dir.sarif "$clean"
ends 0 'ring-misaligned' --rules

"$amprelay" lint --json 'bad [1].elf' >json || true
holds 'one finding, with all of its texts' '.file == "bad [1].elf" and .host == "linux-6.1" and .core == null and .errors == 1
	and .warnings == 0 and .notes == 0 and (.findings | length) == 1
	and (.findings[0] | .rule == "elf-not-elf" and .severity == "error" and .offset == null
		and all(.where, .text, .title, .happens, .mend; length > 0))' json
"$amprelay" lint --rules --json >rules
holds 'the list of rules' 'length >= 40 and all(.[]; (.hosts | length) > 0)' rules

# The members that SARIF 2.1.0 demands, and what readers of it rely on.
shape='.version == "2.1.0" and (."$schema" | test("sarif-2.1.0")) and (.runs | length) == 1 and (.runs[0]
	| (.tool.driver | .name == "amprelay lint" and (.version | length) > 0
		and ([.rules[].id] | length >= 40 and (unique | length) == length)
		and all(.rules[]; all(.shortDescription.text, .fullDescription.text, .help.text; length > 0)
			and (.defaultConfiguration.level | IN("note", "warning", "error"))))
	and (.tool.driver.rules as $rules | all(.results[]; $rules[.ruleIndex].id == .ruleId
		and (.level | IN("note", "warning", "error")) and (.message.text | length) > 0
		and (.locations | length) == 1 and all(.locations[]; (.physicalLocation.artifactLocation.uri | test("^[!-~]+$"))
			and (.logicalLocations[0].fullyQualifiedName | length) > 0
			and (.physicalLocation.region | . == null or (.byteOffset >= 0 and .byteLength > 0))))))'
"$amprelay" lint --sarif 'bad [1].elf' >sarif || true
holds 'SARIF' "$shape" sarif
holds 'SARIF of a mistake' '.runs[0].results | length == 1 and .[0].ruleId == "elf-not-elf" and .[0].level == "error"
	and .[0].locations[0].physicalLocation.artifactLocation.uri == "bad%20%5B1%5D.elf"' sarif
ends 1 '[elf-machine]' --soc "$soc" -o file.sarif "$clean"
holds 'SARIF in a file' "$shape" file.sarif
holds 'SARIF of a place' '.runs[0].results[0].locations[0].physicalLocation | .region == {byteOffset: 16, byteLength: 4}
	and (.artifactLocation.uri | startswith("file:///"))' file.sarif
exit $failed
