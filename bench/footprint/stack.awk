# SPDX-License-Identifier: GPL-2.0-only
# The deepest stack from a reception to the send in its callback: the program's disassembly and the compiler's call
# graphs (*.ci) are input; prints bytes, then the chain. Frames of the sample itself do not count, nor those that are
# given back before a jump to the next function, of which only the disassembly tells.
#
# Calls through pointers are named here, since no compiler sees them. Left out: what runs only when the link ends, and
# waiting for a buffer, which goes through a reception again and is as deep as the application nests, and buffers that
# came back unsent, which these samples have none of.
BEGIN {
	through["amp_rpmsg_device_receive"] = through["deliver"] = through["call_ept"] = through["receive"] = \
		through["receive_unlock"] = "echo"
	through["virtqueue_notification"] = "amp_rpmsg_device_receive"
	split("amp_link_lost amp_link_ends amp_link_unlock tell amp_tx_wait amp_tx_wake amp_tx_retake amp_tx_look", names, " ")
	for (i in names)
		left_out[names[i]] = 1
	# A weak one, another name of a function: what on_demand/flow_reserve.c has in its stead is in none of the samples.
	application["rpmsg_release_rx_buffer"] = 1
	application["echo"] = application["notify"] = application["get_status"] = application["get_features"] = 1
}

# "path/file.c:name.constprop.0" is name
function plain(title) {
	sub(/^.*:/, "", title)
	sub(/\..*/, "", title)
	return title
}

# "8214 <send_any>:", and below it "8230: b.w 8104 <amp_tx_wait>" or "868e: bx ip"
/^[0-9a-f]+ <.*>:$/ {
	here = $2
	gsub(/[<>:]/, "", here)
	here = plain(here)
}
/^ *[0-9a-f]+:\t(b|b\.n|b\.w)\t.*>$/ {
	target = $NF
	gsub(/[<>]/, "", target)
	if (target !~ /\+/)
		jumps[here, plain(target)] = 1
}
/^ *[0-9a-f]+:\tbx\t/ && $NF != "lr" { jumps[here, through[here]] = 1 }
/^ *[0-9a-f]+:\tblx?\t/ {
	target = $NF
	gsub(/[<>]/, "", target)
	called[here, $2 == "blx" ? through[here] : plain(target)] = 1
}

match($0, /(title|sourcename): "[^"]*"/) {
	name = substr($0, RSTART, RLENGTH)
	gsub(/^[a-z]*: "|"$/, "", name)
	name = plain(name)
}

/^node:/ && match($0, /[0-9]+ bytes/) {
	bytes = substr($0, RSTART, RLENGTH) + 0
	if (bytes > frame[name])
		frame[name] = bytes
}

/^edge:/ && match($0, /targetname: "[^"]*"/) {
	target = substr($0, RSTART + 13, RLENGTH - 14)
	target = target == "__indirect_call" ? through[name] : plain(target)
	if (target != "" && !((name, target) in known)) {
		known[name, target] = 1
		calls[name] = calls[name] " " target
	}
}

function deepest(at, depth, chain,   list, count, i, below) {
	if (busy[at] || left_out[at])
		return
	busy[at] = 1
	if (!application[at])
		depth += frame[at]
	chain = chain " " at
	if (depth > best) {
		best = depth
		best_chain = chain
	}
	count = split(calls[at], list, " ")
	for (i = 1; i <= count; i++) {
		below = depth
		if ((at, list[i]) in jumps && !((at, list[i]) in called) && !application[at])
			below -= frame[at]
		deepest(list[i], below, chain)
	}
	busy[at] = 0
}

END {
	deepest("virtqueue_notification", 0, "")
	print best best_chain
}
