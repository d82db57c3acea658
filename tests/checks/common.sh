# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the checks of this directory: each is `NAME.sh [ROOT]`, looks at all files of the project below ROOT (this
# repository if not given), prints one "file:line: what is wrong; what to do" for each finding, and exits 1 if there
# was one.
set -eu
cd "${1:-$(dirname "$0")/../..}"

# Files that belong to the project: tracked, or new and not ignored. A source archive has no git: then all but build/.
project_files() {
	{
		git ls-files --cached --others --exclude-standard --deduplicate 2>/dev/null ||
			find . -name .git -prune -o -path ./build -prune -o -type f -print | sed 's|^\./||'
	} | while IFS= read -r file; do
		if [ -f "$file" ]; then
			printf '%s\n' "$file"
		fi
	done | LC_ALL=C sort
}

# C of this project; the expected outputs of generators are not written by hand.
c_files() {
	project_files | grep -E '\.(c|h|cpp)$' | grep -v '/golden/' || true
}

# End of a check: standard input is its findings.
report() {
	findings=$(cat)
	if [ -n "$findings" ]; then
		printf '%s\n' "$findings"
		exit 1
	fi
}
