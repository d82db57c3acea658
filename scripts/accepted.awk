# SPDX-License-Identifier: GPL-2.0-only
# Findings less those that a row of the deviation list covers (docs/reference/misra-deviations.md).
#   awk -v counts=FILE -v stale=FILE -f accepted.awk LIST NAME.found …      what is left goes to NAME.txt
# Writes to the file `counts` how many each row covers, and to `stale` each row that covers none. A row is "| rule | where | …"; a finding
# "file:line: rule: …" or "file:line:column: error: … [rule]".
BEGIN { FS = " *\\| *" }

FNR == 1 && NR > 1 {
	out = FILENAME
	sub(/found$/, "txt", out)
}

NR == FNR {
	if (/^\| *([0-9]+\.[0-9]+|[a-z]+[A-Z][A-Za-z]*|analyzer-[a-z-]+) *\| *(all|[a-z]+\/)/) {
		rule[++n] = $2
		where[n] = $3 == "all" ? "" : $3
		line[n] = FNR
	}
	list = FILENAME
	next
}

function rule_of(text,   part) {
	if (match(text, /\[-W(error=)?[a-z0-9=-]+\]$/)) {
		text = substr(text, RSTART + 1, RLENGTH - 2)
		sub(/^-W(error=)?/, "", text)
		return text
	}
	split(text, part, ": ")
	return part[2]
}

{
	name = rule_of($0)
	for (i = 1; i <= n; i++) {
		if (name == rule[i] && index($0, where[i]) == 1) {
			met[i]++
			next
		}
	}
	print > out
}

END {
	for (i = 1; i <= n; i++) {
		printf "%s %d\n", rule[i] (where[i] == "" ? "" : ":" where[i]), met[i] > counts
		if (!met[i])
			printf "%s:%d: nothing deviates from %s any more; remove the row\n", list, line[i], rule[i] > stale
	}
}
