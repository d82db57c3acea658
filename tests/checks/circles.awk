# SPDX-License-Identifier: GPL-2.0-only
# For circles.sh: standard input names the files of a module, `allowed` a file of calls. Its call circles go out.

# The line without comments, strings and characters.
function stripped(line,   out, at) {
	out = ""
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (!at)
				return out
			line = substr(line, at + 2)
			in_comment = 0
		}
		if (!match(line, /\/\*|\/\/|"|'/))
			return out line
		out = out substr(line, 1, RSTART - 1) " "
		at = substr(line, RSTART, 2)
		line = substr(line, RSTART)
		if (at == "//")
			return out
		if (at == "/*") {
			in_comment = 1
			line = substr(line, 3)
		} else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^'([^'\\]|\\.)*'/))
			line = substr(line, RLENGTH + 1)
		else
			return out # a quote that does not end: it was in a macro's text
	}
	return out
}

# `text` uses these names on behalf of `user`, a file or the inline function or macro of a header.
function use(user, text,   name) {
	while (match(text, /(\.|->)?[ \t]*[A-Za-z_][A-Za-z0-9_]*/)) {
		name = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		if (name !~ /^(\.|->)/)
			uses[user] = uses[user] " " name
	}
}

# What the text before a body or a ';' in the first column declares.
function declared(text) {
	gsub(/__attribute__[ \t]*\(\(.*\)\)/, "", text)
	gsub(/\[[^]]*\]/, "", text)
	sub(/=.*/, "", text)
	if (!sub(/[ \t]*\(.*/, "", text))
		sub(/[ \t]+$/, "", text)
	sub(/.*[^A-Za-z0-9_]/, "", text)
	return text
}

function define(text,   name) {
	name = declared(text)
	if (name == "")
		return ""
	if (file ~ /\.h$/)
		inline[name] = 1
	else if (text ~ /(^|[ \t])static[ \t]/)
		local[file, name] = 1
	else
		definers[name] = definers[name] " " file
	return name
}

# One line, without comments; `head` is what has come since the last definition, `depth` how many braces are open.
function take(line,   at, brace) {
	if (macro || line ~ /^[ \t]*#[ \t]*define/) {
		if (!macro) {
			sub(/^[ \t]*#[ \t]*define[ \t]+/, "", line)
			macro_name = line
			sub(/[^A-Za-z0-9_].*/, "", macro_name)
			if (file ~ /\.h$/)
				inline[macro_name] = 1
			line = substr(line, length(macro_name) + 1)
		}
		use(file ~ /\.h$/ ? macro_name : file, line)
		macro = line ~ /\\$/
		return
	}
	if (line ~ /^[ \t]*#/)
		return
	while (match(line, /[{};]/)) {
		brace = substr(line, RSTART, 1)
		at = substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + 1)
		if (depth) {
			use(user, at)
			depth += brace == "{" ? 1 : brace == "}" ? -1 : 0
			if (!depth)
				head = after
			continue
		}
		head = head at
		if (brace == "{") {
			depth = 1
			user = file
			after = "extern " # what follows the closing brace up to ';' defines nothing
			if (head !~ /[(=]/) { # struct, union, enum
				user = "(type)"
				after = head ~ /typedef/ ? head : head ~ /static/ ? "static type " : "type "
			} else {
				at = define(head)
				if (file ~ /\.h$/)
					user = at
			}
		} else if (brace == ";" && head !~ /\(|(^|[ \t])(extern|typedef)[ \t]/ && head ~ /[A-Za-z0-9_][ \t*]+[A-Za-z0-9_]/ && \
			   head !~ /^[ \t]*(struct|union|enum)[ \t]+[A-Za-z0-9_]+[ \t]*$/) {
			at = define(head)
			if (head ~ /=/) {
				sub(/^[^=]*=/, "", head)
				use(file ~ /\.h$/ ? at : file, head)
			}
		}
		head = ""
	}
	if (depth)
		use(user, line)
	else
		head = head line " "
}

{
	file = $0
	in_comment = depth = macro = 0
	head = ""
	if (file ~ /\.c$/)
		sources[++num_sources] = file
	while ((getline line < file) > 0)
		take(stripped(line))
	close(file)
}

# `file` calls what `user`, itself or something of a header, uses.
function expand(file, user,   list, n, i, name, others, m, k) {
	n = split(uses[user], list, " ")
	for (i = 1; i <= n; i++) {
		name = list[i]
		if ((file, name) in local || (file, name) in seen)
			continue
		seen[file, name] = 1
		if (name == "main")
			continue # the start-up code calls it, and everything is above that
		if (name in inline)
			expand(file, name)
		m = split(definers[name], others, " ")
		for (k = 1; k <= m; k++) {
			if (index(definers[name] " ", " " file " ") || (file, others[k]) in calls)
				continue
			calls[file, others[k]] = name
			callees[file] = callees[file] " " others[k]
		}
	}
}

# The calls that are allowed: those whose ends begin as a line of `allowed` says.
function allow(   line, part, pair, ends) {
	while ((getline line < allowed) > 0) {
		if (line ~ /^#/ || split(line, part, " ") != 2)
			continue
		for (pair in calls) {
			split(pair, ends, SUBSEP)
			if (index(ends[1], part[1]) == 1 && index(ends[2], part[2]) == 1)
				gone[ends[1], ends[2]] = 1
		}
	}
}

# @return the shortest circle from `start` back to it: "start(f) other(g) start", "" if there is none
function circle(start,   queue, first, last, came, here, list, n, i, text) {
	queue[first = last = 1] = start
	while (first <= last) {
		here = queue[first++]
		n = split(callees[here], list, " ")
		for (i = 1; i <= n; i++) {
			if (gone[here, list[i]])
				continue
			if (list[i] == start) {
				text = " -> " start " (" calls[here, start] ")"
				for (; here != start; here = came[here])
					text = " -> " here " (" calls[came[here], here] ")" text
				return start text
			}
			if (!(list[i] in came)) {
				came[list[i]] = here
				queue[++last] = list[i]
			}
		}
	}
	return ""
}

END {
	for (s = 1; s <= num_sources; s++)
		expand(sources[s], sources[s])
	allow()
	for (s = 1; s <= num_sources; s++) {
		while ((found = circle(sources[s])) != "") {
			split(found, word, " ")
			gone[word[1], word[3]] = 1 # one message for each circle
			printf "%s:1: calls go in a circle: %s; move what both need below them, or call back\n", word[1], found
		}
	}
}
